import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** Alice, signed in on the web. */
async function openApiAccess({ includeToken = false } = {}) {
  const mounted = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api', includeToken } }));
  const { token } = await mounted.durin.tokens.issue({ user: 1, client: 'web' });
  return { ...mounted, token, apiAccess: mounted.callAs({ token }).auth.apiAccess };
}

const apiKeys = async () => (await app.tokens({ user: 1 })).filter(({ client }) => client.name === 'api');

test('41: get includes the token only if the app chooses so', async () => {
  const { apiAccess, callAs, token } = await openApiAccess();
  const { token: key } = await apiAccess.create();
  expect(await apiAccess.get()).not.toHaveProperty('token');
  const including = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api', includeToken: true } }));
  expect(await including.callAs({ token }).auth.apiAccess.get()).toHaveProperty('token', key);
  expect(await callAs({ token: key }).me()).toMatchObject({ user: { username: 'alice' } });
});

test('42: get without an API key is not found', async () => {
  const { fetch, token } = await openApiAccess();
  expect(await fetch('auth.apiAccess.get', { token })).toMatchObject({
    status: 404,
    error: { message: 'Not found.', data: refusal('API_ACCESS_NOT_FOUND') },
  });
});

test('43: create issues an API key and returns it with its view', async () => {
  const { apiAccess, callAs } = await openApiAccess();
  const { token: key, ...view } = await apiAccess.create();
  expect(view).toEqual({
    client: 'api',
    created: new Date(app.clock()),
    expiry: new Date(app.clock() + 365 * day * 1000),
    hasExpired: false,
    expiresIn: '365 days',
  });
  const [row] = await apiKeys();
  expect((await callAs({ token: key }).me()).auth.id).toBe(row?.id);
});

test('44: creating a second API key is refused and changes nothing', async () => {
  const { apiAccess, fetch, token } = await openApiAccess();
  await apiAccess.create();
  const before = await apiKeys();
  expect(await fetch('auth.apiAccess.create', { token, input: undefined })).toMatchObject({
    status: 409,
    error: { message: 'An API token was already issued to you.', data: refusal('API_ACCESS_EXISTS') },
  });
  expect(await apiKeys()).toEqual(before);
});

test('45: delete deletes the API key', async () => {
  const { apiAccess, callAs } = await openApiAccess();
  const { token: key } = await apiAccess.create();
  await apiAccess.delete();
  expect(await apiKeys()).toEqual([]);
  await expect(callAs({ token: key }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('46: delete without an API key is not found', async () => {
  const { fetch, token } = await openApiAccess();
  expect(await fetch('auth.apiAccess.delete', { token, input: undefined })).toMatchObject({
    status: 404,
    error: { message: 'Not found.', data: refusal('API_ACCESS_NOT_FOUND') },
  });
});
