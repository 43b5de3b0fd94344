import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf, t } from '../../support/app.ts';
import { type CachedApp, openCachedApp } from '../../support/cache/cached-app.ts';

let app: CachedApp;
beforeAll(async () => {
  app = await openCachedApp('shared');
});
afterAll(() => app.close());

test('one of several processes records the use, once a minute', async () => {
  const { token } = await app.login();
  await app.warm(token); // both cache it, and one writes its use
  const [here, there] = [app.here, app.there].map((durin) => {
    const router = t.router({ me: durin.authedProcedure.query(({ ctx }) => ctx.auth.id) });
    return (ipAddress: string) => router.createCaller(durin.createContext(requestOf({ token, ipAddress }))).me();
  });
  const address = async () => {
    const rows = await app.orm.em.fork().getConnection().execute('select ip_address from durin_token_use');
    return (rows as { ip_address: string | null }[])[0]?.ip_address;
  };

  await expect.poll(address).toBe('127.0.0.1');
  app.clock.advance(60);
  await here?.('203.0.113.1');
  await expect.poll(address).toBe('203.0.113.1');
  app.clock.advance(59);
  await there?.('203.0.113.2');
  await app.there.close(); // writes pending uses
  expect(await address()).toBe('203.0.113.1');
  app.clock.advance(1);
  await here?.('203.0.113.3');
  await expect.poll(address).toBe('203.0.113.3');
});
