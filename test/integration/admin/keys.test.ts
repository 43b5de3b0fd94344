import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { requestOf, t } from '../../support/app.ts';
import { createKeysRouter, type KeysDurin, useKeysApp } from '../../support/keys/keys-app.ts';

const app = useKeysApp();

let durin: KeysDurin;
let admin: ReturnType<typeof adminOf>;
let actions: { readonly action: string }[];
beforeEach(async () => {
  const entered = await app.enter({ max: 2, ttl: '90d' });
  ({ durin } = entered);
  actions = [];
  durin.events.on('adminAction', (event) => actions.push(event));
  admin = adminOf(durin, entered.token);
});

/** The admin router as alice calls it, who is the admin. */
function adminOf(of: KeysDurin, token: string) {
  const { adminRouter } = createDurinAdmin(of, { isAdmin: ({ user }) => user.username === 'alice' });
  return t.router({ admin: adminRouter }).createCaller(of.createContext(requestOf({ token }))).admin;
}

const read = (token: string) =>
  createKeysRouter(durin)
    .createCaller(durin.createContext(requestOf({ token })))
    .read();
const issue = (name: string, scopes?: string[]) => admin.tokens.issue({ user: 1, client: 'api', name, scopes });

test('a key is issued with a name, scopes and the lifetime of keys', async () => {
  const { token, session } = await issue('Build', ['read']);
  expect(session).toMatchObject({ name: 'Build', scopes: ['read'], replaces: null, expiresIn: '90 days' });
  expect(session.preview).toBe(`${token.slice(0, 9)}…${token.slice(-4)}`);
  expect(await admin.tokens.get({ id: session.id })).toEqual(session);
  expect(await read(token)).toBe(session.id);
});

test('the clients with keys are listed', async () => {
  expect(await admin.keys.clients()).toEqual(['api']);
});

test('a rolled key has a successor with its name and scopes', async () => {
  const old = await issue('Build', ['read']);
  await issue('Backup');
  const rolled = await admin.keys.roll({ id: old.session.id.toUpperCase(), overlap: '1h' });
  const { session } = rolled;
  expect(session).toMatchObject({
    name: 'Build',
    scopes: ['read'],
    replaces: old.session.id,
    user: { label: 'alice' },
  });
  expect(rolled.ended).toBe(0);
  expect(await admin.tokens.get({ id: session.id })).toEqual(session);
  expect(actions.at(-1)).toMatchObject({ action: 'key-rolled', tokenId: session.id, replaces: old.session.id });
  const replaced = Object.fromEntries(
    (await admin.tokens.list({ client: 'api' })).items.map(({ id, replacedBy }) => [id, replacedBy]),
  );
  expect(replaced).toMatchObject({ [old.session.id]: session.id, [session.id]: null });

  expect(await read(old.token)).toBe(old.session.id);
  expect(await read(rolled.token)).toBe(session.id);
  expect(await admin.tokens.get({ id: old.session.id })).toMatchObject({ expiresIn: '1 hour', replacedBy: null });
  expect((await admin.tokens.get({ id: session.id })).replaces).toBeNull();
});

test('a key that is rolled again loses the successor that was not used', async () => {
  const old = await issue('Build');
  const lost = await admin.keys.roll({ id: old.session.id });
  expect((await admin.keys.roll({ id: old.session.id })).ended).toBe(1);
  await expect(read(lost.token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('without an overlap, a key keeps working for a day', async () => {
  const old = await issue('Build');
  await read((await admin.keys.roll({ id: old.session.id })).token);
  expect((await admin.tokens.get({ id: old.session.id })).expiresIn).toMatch(/^(?:1 day|24 hours)$/);
});

test('what is no valid key is not rolled', async () => {
  const { auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const { session } = await admin.tokens.issue({ user: 1, client: 'api', name: 'Short', ttl: '1m' });
  app.clock.advance(60);
  for (const id of [auth.id, session.id, randomUUID(), 'nope'])
    await expect(admin.keys.roll({ id })).rejects.toMatchObject({ durin: { code: 'KEY_NOT_FOUND' } });
  expect(actions.map(({ action }) => action)).toEqual(['token-issued']);
});

test('a key that an admin rolls keeps its lifetime, also beyond maxTtl', async () => {
  const { durin: limited, token } = await app.enter({ maxTtl: '60d' });
  const { tokens, keys } = adminOf(limited, token);
  const { session } = await tokens.issue({ user: 1, client: 'api', name: 'Build', ttl: null });
  expect((await keys.roll({ id: session.id })).session.expiry).toBeNull();
});

test('an overlap that is no duration is reported at its field', async () => {
  const { session } = await issue('Build');
  await expect(admin.keys.roll({ id: session.id, overlap: '-1s' })).rejects.toMatchObject({
    durin: { code: 'INVALID_INPUT', fields: { overlap: [expect.stringMatching(/^This field must be a duration/)] } },
  });
});

test('an overlap beyond 30 days is reported at its field', async () => {
  const { session } = await issue('Build');
  await expect(admin.keys.roll({ id: session.id, overlap: '31d' })).rejects.toMatchObject({
    durin: { code: 'INVALID_INPUT', fields: { overlap: ['This field must be at most 30 days.'] } },
  });
});

test('a key whose successor was used is not rolled', async () => {
  const old = await issue('Build');
  await read((await admin.keys.roll({ id: old.session.id })).token);
  await expect(admin.keys.roll({ id: old.session.id })).rejects.toMatchObject({ durin: { code: 'KEY_NOT_FOUND' } });
});

test('a key is renamed, and keeps its token', async () => {
  const { token, session } = await issue('Build');
  await admin.keys.rename({ id: session.id.toUpperCase(), name: ' Nightly export ' });
  expect(actions.at(-1)).toMatchObject({ action: 'key-renamed', tokenId: session.id, name: 'Nightly export' });
  expect((await admin.tokens.get({ id: session.id })).name).toBe('Nightly export');
  expect(await read(token)).toBe(session.id);
});

test("a key does not get the name of another one of its user's", async () => {
  await issue('Build');
  const { session } = await issue('Backup');
  await expect(admin.keys.rename({ id: session.id, name: 'BUILD' })).rejects.toMatchObject({
    durin: { code: 'KEY_NAME_TAKEN', fields: { name: ['The user has a key with that name.'] } },
  });
  await admin.keys.rename({ id: session.id, name: 'BACKUP' });
  await admin.tokens.issue({ user: 2, client: 'api', name: 'Build' });
  expect(actions.map(({ action }) => action)).toEqual(['token-issued', 'token-issued', 'key-renamed', 'token-issued']);
});

test('what is no valid key is not renamed', async () => {
  const { auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const { session } = await admin.tokens.issue({ user: 1, client: 'api', name: 'Short', ttl: '1m' });
  app.clock.advance(60);
  for (const id of [auth.id, session.id, randomUUID(), 'nope'])
    await expect(admin.keys.rename({ id, name: 'Build' })).rejects.toMatchObject({ durin: { code: 'KEY_NOT_FOUND' } });
  expect(actions.map(({ action }) => action)).toEqual(['token-issued']);
});

test('a name that no key may have is reported at its field', async () => {
  const { session } = await issue('Build');
  for (const name of ['', '  ', 'x'.repeat(65), 'a\u202Eb'])
    await expect(admin.keys.rename({ id: session.id, name })).rejects.toMatchObject({
      durin: { code: 'INVALID_INPUT', fields: { name: [expect.any(String)] } },
    });
});

test('at the limit of keys, a roll works and an issue does not', async () => {
  const { session } = await issue('Build');
  await issue('Backup');
  await expect(issue('Third')).rejects.toMatchObject({ durin: { code: 'KEY_LIMIT' } });
  expect((await admin.keys.roll({ id: session.id })).session.name).toBe('Build');
  await expect(issue('backup')).rejects.toMatchObject({
    durin: { code: 'KEY_NAME_TAKEN', fields: { name: ['The user has a key with that name.'] } },
  });
});

test('a client with keys is not renamed, which its field says', async () => {
  const rename = admin.clients.update({ name: 'api', changes: { name: 'partner' } });
  await expect(rename).rejects.toMatchObject({
    durin: { code: 'INVALID_INPUT', fields: { 'changes.name': [expect.stringContaining('option clients') as string] } },
  });
});
