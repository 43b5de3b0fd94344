import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { createDurin } from '../../../src/index.ts';
import { type clients, type openApp, password, t } from '../../support/app.ts';

export type TestApp = Awaited<ReturnType<typeof openApp>>;
export type TestDurin = TestApp['durin'];

/** A durin on the test app's database that trusts this many proxies. */
export function createDurinBehind(app: TestApp, trustProxy: number) {
  return createDurin({ ...app.options, trustProxy });
}

/** A durin on the test app's database that reads the header `X-Api-Key`. */
export function createDurinWithApiKeys(app: TestApp) {
  return createDurin({ ...app.options, apiKeyHeader: 'X-Api-Key' });
}

/** The router that every adapter serves. */
export function createAppRouter(durin: TestDurin) {
  return t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    publish: durin.authedProcedure.mutation(({ ctx }) => `${ctx.user.username} by ${ctx.auth.client.name}`),
    report: t.procedure.concat(durin.authedProcedure).query(({ ctx }) => ctx.user.username),
    origin: durin.procedure.query(({ ctx }) => ({ ip: ctx.durin.ipAddress, agent: ctx.durin.userAgent })),
    clientHeader: durin.procedure.query(({ ctx }) => ctx.durin.header('X-Client')),
    watch: durin.authedProcedure.subscription(async function* watch({ ctx }) {
      yield ctx.user.username;
    }),
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

/** A router served by an adapter, over a socket or through `fetch`. */
export interface Served {
  readonly url: string;
  readonly fetch?: typeof fetch;
  close(): Promise<void>;
}

export interface Connection {
  token?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/** A client without batching. `responses` records the responses, for tests of headers. */
export function connect(served: Served, { token, headers }: Connection = {}) {
  const responses: Response[] = [];
  const send = served.fetch ?? fetch;
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: served.url,
        transformer: superjson,
        headers: { ...(token !== undefined && { authorization: `Token ${token}` }), ...headers },
        async fetch(input, init) {
          const response = await send(input as Parameters<typeof fetch>[0], init as RequestInit);
          responses.push(response.clone());
          return response;
        },
      }),
    ],
  });
  return { client, responses };
}

/** Issues a token. */
export async function issueToken(app: TestApp, userId: number, client: keyof typeof clients): Promise<string> {
  const { token } = await app.durin.tokens.issue({ user: userId, client });
  return token;
}

export const credentials = { username: 'alice', password, client: 'web' } as const;
