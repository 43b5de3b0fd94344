import { createTRPCClient, httpBatchLink, safe } from '@trpc/client';
import superjson from 'superjson';
import { durinErrorOf } from '../../../client/index.ts';
import type { DurinErrorCode, DurinErrorData } from '../../../src/index.ts';
import { DurinError, isDurinError } from '../../../src/index.ts';
import type { appRouter } from './builders.ts';
import { same } from './same.ts';

const trpc = createTRPCClient<typeof appRouter>({
  links: [httpBatchLink({ url: 'http://localhost', transformer: superjson })],
});

// What durin refused is told typed, whatever the app's errorFormatter is.
const [login, loginError] = await safe(
  trpc.auth.login.mutate({ username: 'alice', password: 'secret', client: 'web' }),
);
if (loginError === undefined) same<typeof login, { token: string; expiry: Date | null }>();
else if (loginError.data) same<typeof loginError.data.durin, DurinErrorData | undefined>();

const [, error] = await safe(trpc.me.query());
const refused = error?.data?.durin;
if (refused?.code === 'THROTTLED') same<typeof refused.retryAfter, number | undefined>();
// @ts-expect-error: codes are a closed list
if (refused?.code === 'TROTTLED') throw error;

// So is what `.concat()` brought along on the app's own procedures.
const [, reportError] = await safe(trpc.report.query());
const facts = reportError?.data;
if (facts && 'durin' in facts) same<typeof facts.durin, DurinErrorData | undefined>();

// The SDK reads them of an error that is not typed.
declare const thrown: unknown;
same<ReturnType<typeof durinErrorOf>, DurinErrorData | undefined>();
durinErrorOf(thrown)?.retryAfter satisfies number | undefined;
// @ts-expect-error: codes are a closed list
if (durinErrorOf(thrown)?.code === 'NOT_A_CODE') throw thrown;

// On the server.
if (isDurinError(thrown)) {
  same<typeof thrown, DurinError>();
  thrown.durin.retryAfter satisfies number | undefined;
}
export const refusal = new DurinError('THROTTLED', { retryAfter: 3, scope: 'client' });
same<typeof refusal.durin.code, DurinErrorCode>();
// @ts-expect-error: codes are a closed list
export const unknown = new DurinError('NOT_A_CODE');
// @ts-expect-error: facts are not changed
refusal.durin.code = 'INVALID_TOKEN';
same<typeof refusal.httpStatus, number>();
