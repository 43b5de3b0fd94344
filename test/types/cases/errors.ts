import { createTRPCClient, httpBatchLink, safe } from '@trpc/client';
import superjson from 'superjson';
import { isDurinError } from '../../../client/index.ts';
import type { DurinErrorCode, DurinErrorData } from '../../../src/index.ts';
import { DurinError } from '../../../src/index.ts';
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

// The SDK reads them of an error that is not typed, and of one that is.
declare const thrown: unknown;
if (isDurinError(thrown)) same<typeof thrown.data.durin.code, DurinErrorCode>();
if (isDurinError(thrown, 'THROTTLED')) {
  same<typeof thrown.data.durin.code, 'THROTTLED'>();
  same<typeof thrown.data.durin.retryAfter, number | undefined>();
}
if (isDurinError(error, 'INVALID_TOKEN')) error.message satisfies string;
// @ts-expect-error: codes are a closed list
isDurinError(thrown, 'NOT_A_CODE');

// On the server.
export const refusal = new DurinError('THROTTLED', { retryAfter: 3, scope: 'client' });
same<typeof refusal.durin.code, DurinErrorCode>();
// @ts-expect-error: codes are a closed list
export const unknown = new DurinError('NOT_A_CODE');
// @ts-expect-error: facts are not changed
refusal.durin.code = 'INVALID_TOKEN';
