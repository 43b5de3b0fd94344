import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('logoutAll by an API key can spare the key itself', async () => {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, apiAccess: { clientName: 'api' } });
  const events = recordEvents(durin.events);
  const web = await durin.tokens.issue({ user: 1, client: 'web' });
  const key = await durin.tokens.issue({ user: 1, client: 'api' });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf(key)));
  await auth.logoutAll({ exceptApiAccess: true });
  expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: web.auth.id, reason: 'logout-all' }]);
  expect(events.of('loggedOut')).toEqual([]);
  expect((await durin.authenticate(key.token)).id).toBe(key.auth.id);
  await auth.logoutAll();
  expect(events.of('loggedOut')).toMatchObject([{ tokenId: key.auth.id, everywhere: true }]);
});
