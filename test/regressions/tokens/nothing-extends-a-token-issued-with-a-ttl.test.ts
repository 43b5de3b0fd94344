import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, requestOf, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function callAs(token: string) {
  const { durin } = app;
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  return router.createCaller(durin.createContext(requestOf({ token })));
}

test.each(['web', 'cli'] as const)('a refresh of a token for an hour, of the client %s', async (client) => {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client, ttl: '1h' });
  const expiry = new Date(app.clock() + 3_600_000);
  expect(auth.expiry).toEqual(expiry);
  app.clock.advance(1800);
  expect(await callAs(token).auth.refresh()).toEqual({ expiry });
  expect(await app.durin.tokens.renew(auth.id)).toEqual({ expiry });
  app.clock.advance(1800);
  expect(await callAs(token).me().catch(codeOf)).toBe('TOKEN_EXPIRED');
});

test('a token that never expires stays so', async () => {
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web', ttl: null });
  expect(await callAs(token).auth.refresh()).toEqual({ expiry: null });
});

test("a token with its client's lifetime gets it again", async () => {
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  app.clock.advance(3600);
  expect(await callAs(token).auth.refresh()).toEqual({ expiry: new Date(app.clock() + 86_400_000) });
});
