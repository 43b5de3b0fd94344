import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { Organization } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('an app with a transaction for each request hears of every refusal', async () => {
  const durin = createDurin({ ...app.options, throttle: { login: { perUser: '3/m' } } });
  const events = recordEvents(durin.events);
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = () => auth.login({ username: 'alice', password: 'wrong', client: 'web' });
  for (let call = 0; call < 6; call += 1) await app.orm.em.fork().transactional(login).catch(codeOf);
  expect(events.all.map(({ name }) => name)).toEqual([
    ...Array.from({ length: 3 }, () => 'loginFailed'),
    ...Array.from({ length: 3 }, () => 'throttled'),
  ]);
});

test('what a listener writes does not roll back with the request', async () => {
  const durin = createDurin(app.options);
  const written = Promise.withResolvers<void>();
  durin.events.on('loginFailed', async () => {
    await app.orm.em.insert(Organization, { name: 'an entry of the audit log' }); // waits for PGlite's one connection
    written.resolve();
  });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = () => auth.login({ username: 'alice', password: 'wrong', client: 'web' });
  expect(await app.orm.em.fork().transactional(login).catch(codeOf)).toBe('INVALID_CREDENTIALS');
  await written.promise;
  expect(await app.orm.em.fork().count(Organization, { name: 'an entry of the audit log' })).toBe(1);
});
