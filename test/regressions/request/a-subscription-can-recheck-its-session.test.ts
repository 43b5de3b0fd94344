import { beforeAll, expect, test } from 'vitest';
import { openApp, password, requestOf, t } from '../../support/app.ts';

type App = Awaited<ReturnType<typeof openApp>>;

let app: App;
beforeAll(async () => {
  app = await openApp();
  return () => app.close();
});

function open(token?: string) {
  const { durin } = app;
  const router = t.router({
    auth: durin.durinRouter,
    ticks: durin.authedProcedure.subscription(async function* ({ ctx }) {
      for (;;) yield (await durin.authenticate(ctx.durin)).user.username;
    }),
  });
  const oneRequest = { ...requestOf({ token }), info: { calls: [{}] } };
  return router.createCaller(durin.createContext(oneRequest));
}

async function start(caller: ReturnType<typeof open>) {
  const ticks = (await caller.ticks())[Symbol.asyncIterator]();
  return { first: await ticks.next(), ticks };
}

test('a revoked session is noticed, although the request remembers it', async () => {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const { ticks } = await start(open(token));
  await app.durin.tokens.revoke(auth.id);
  await expect(ticks.next()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('an expired session is noticed', async () => {
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web', ttl: '1h' });
  const { ticks } = await start(open(token));
  app.clock.advance(3600);
  await expect(ticks.next()).rejects.toMatchObject({ durin: { code: 'TOKEN_EXPIRED' } });
});

test('the session of a login on the same connection is used', async () => {
  const caller = open();
  await caller.auth.login({ username: 'alice', password, client: 'web' });
  expect(await start(caller)).toMatchObject({ first: { value: 'alice' } });
});
