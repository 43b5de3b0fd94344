import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.durin.tokens.revokeAll({ user: 1 });
});

const stale = { durin: { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 } };

/** Alice, signed in on the web just now, where keys demand a session of the last ten minutes. */
async function openKeys({ includeToken = false } = {}) {
  const durin = createDurin({ ...app.options, apiAccess: { clientName: 'api', fresh: '10m', includeToken } });
  const call = (token?: string) => durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  const { token } = await call().login({ username: 'alice', password, client: 'web' });
  const { apiAccess, reauthenticate } = call(token);
  return { apiAccess, reauthenticate, call };
}

test('a session that is not fresh creates and deletes no key', async () => {
  const { apiAccess, reauthenticate } = await openKeys();
  app.clock.advance(601);
  await expect(apiAccess.create()).rejects.toMatchObject(stale);
  await reauthenticate({ username: 'alice', password });
  await apiAccess.create();
  app.clock.advance(601);
  await expect(apiAccess.delete()).rejects.toMatchObject(stale);
  expect(await apiAccess.get()).not.toHaveProperty('token');
});

test('a session that is not fresh cannot read the key again', async () => {
  const { apiAccess, reauthenticate } = await openKeys({ includeToken: true });
  const { token: key } = await apiAccess.create();
  app.clock.advance(600);
  expect(await apiAccess.get()).toHaveProperty('token', key);
  app.clock.advance(1);
  await expect(apiAccess.get()).rejects.toMatchObject(stale);
  await reauthenticate({ username: 'alice', password });
  expect(await apiAccess.get()).toHaveProperty('token', key);
});

test('a key cannot read itself again', async () => {
  const { apiAccess, call } = await openKeys({ includeToken: true });
  const { token: key } = await apiAccess.create();
  await expect(call(key).apiAccess.get()).rejects.toMatchObject(stale);
});

test('nobody is asked to reauthenticate for a key that does not exist', async () => {
  const { apiAccess } = await openKeys({ includeToken: true });
  app.clock.advance(601);
  await expect(apiAccess.get()).rejects.toMatchObject({ durin: { code: 'API_ACCESS_NOT_FOUND' } });
});
