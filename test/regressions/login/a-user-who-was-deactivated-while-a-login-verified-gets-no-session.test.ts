import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { recordEvents, settle, tokenRows } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('the login is refused, and leaves no token for a reactivated user', async () => {
  const em = app.orm.em.fork();
  const alice = await em.findOneOrFail(User, { username: 'alice' });
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    async verifyCredentials({ em: own, input }) {
      const user = await own.findOne(User, { username: input.username });
      alice.isActive = false;
      await em.flush();
      return user;
    },
  });
  const events = recordEvents(durin.events);
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = auth.login({ username: 'alice', password: 'right', client: 'web' });
  expect(await settle([login])).toEqual({ values: [], codes: { INVALID_CREDENTIALS: 1 } });
  expect(events.of('loggedIn')).toEqual([]);
  expect(events.of('loginFailed')).toMatchObject([{ code: 'INVALID_CREDENTIALS', userId: alice.id }]);
  expect(events.all.map(({ name }) => name)).toEqual(['loginFailed']);
  alice.isActive = true;
  await em.flush();
  expect(await tokenRows(app.orm, alice.id)).toEqual([]);
});
