import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientListInput } from '../../../src/admin/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
beforeAll(async () => {
  app = await openAdminApp();
});
beforeEach(async () => {
  ({ admin } = await app.asAlice());
});
afterAll(() => app.close());

const refused = (code: string, fields?: Record<string, string[]>) => ({
  durin: fields === undefined ? { code } : { code, fields },
});

const names = async (input: ClientListInput) => (await admin.clients.list(input)).items.map(({ name }) => name);

describe('the list of clients', () => {
  test('is sorted by name and counts the tokens, expired ones included', async () => {
    await app.durin.tokens.issue({ user: app.bob, client: 'api', ttl: 1 });
    app.clock.advance(1);
    const { items, total } = await admin.clients.list();
    expect(total).toBe(3);
    expect(items.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['api', 1],
      ['cli', 0],
      ['web', 1],
    ]);
    expect(items[0]).toEqual({
      id: expect.any(Number) as number,
      name: 'api',
      tokenTtl: 365 * 86_400,
      throttleRate: null,
      maxSessions: 1,
      atLimit: 'end-oldest',
      idleTtl: null,
      maxLifetime: null,
      created: expect.any(Date) as Date,
      tokens: 1,
    });
  });

  test('sorts by any column; a lifetime of never is the longest', async () => {
    expect(await names({ sort: 'tokenTtl' })).toEqual(['web', 'api', 'cli']);
    expect(await names({ sort: 'tokenTtl', order: 'desc' })).toEqual(['cli', 'api', 'web']);
    expect(await names({ sort: 'tokens' })).toEqual(['cli', 'api', 'web']); // equal ones by name
    expect(await names({ sort: 'tokens', order: 'desc' })).toEqual(['api', 'web', 'cli']);
    expect(await names({ sort: 'name', order: 'desc' })).toEqual(['web', 'cli', 'api']);
    await app.durin.clients.create({ name: 'new' });
    expect((await names({ sort: 'created', order: 'desc' }))[0]).toBe('new');
    await app.durin.clients.delete('new');
  });

  test('has pages without overlaps or gaps', async () => {
    const first = await admin.clients.list({ perPage: 2 });
    const second = await admin.clients.list({ perPage: 2, page: 2 });
    expect([first, second].map(({ items }) => items.map(({ name }) => name))).toEqual([['api', 'cli'], ['web']]);
    expect([first.total, second.total]).toEqual([3, 3]);
    expect(await admin.clients.list({ page: 3, perPage: 2 })).toEqual({ items: [], total: 3 });
  });

  test('is searched case-insensitively, and wildcards are literal', async () => {
    await app.durin.clients.create({ name: "100%_o'brien!\\" });
    for (const search of ['%', '_', '!', '\\', "o'B", '0%_'])
      expect(await names({ search })).toEqual(["100%_o'brien!\\"]);
    expect(await names({ search: 'I' })).toEqual(["100%_o'brien!\\", 'api', 'cli']);
    expect(await admin.clients.list({ search: 'nobody' })).toEqual({ items: [], total: 0 });
    expect(await names({ search: '' })).toHaveLength(4);
    await app.durin.clients.delete("100%_o'brien!\\");
  });

  test('is also available as names, page by page', async () => {
    expect(await admin.clients.names()).toEqual(['api', 'cli', 'web']);
    expect(await admin.clients.names({ limit: 2 })).toEqual(['api', 'cli']);
    expect(await admin.clients.names({ after: 'cli', limit: 2 })).toEqual(['web']);
    expect(await admin.clients.names({ after: 'web' })).toEqual([]);
    await expect(admin.clients.names({ limit: 1001 })).rejects.toMatchObject(
      refused('INVALID_INPUT', { limit: ['This field must be a whole number from 1 to 1000.'] }),
    );
  });
});

test('a client is created with the given values or the defaults', async () => {
  const created = await admin.clients.create({ name: 'kiosk', tokenTtl: '8h', throttleRate: '60/m' });
  expect(created).toMatchObject({ name: 'kiosk', tokenTtl: 8 * 3600, throttleRate: '60/m', tokens: 0 });
  expect(await admin.clients.get({ name: 'kiosk' })).toEqual(created);
  expect(await admin.clients.create({ name: 'plain' })).toMatchObject({ tokenTtl: 86_400, throttleRate: null });
  expect(await admin.clients.create({ name: 'lasting', tokenTtl: null })).toMatchObject({ tokenTtl: null });
  for (const name of ['kiosk', 'plain', 'lasting']) expect(await admin.clients.delete({ name })).toEqual({ tokens: 0 });
});

test('a change leaves the rest as it is, and a new name keeps the tokens', async () => {
  await admin.clients.create({ name: 'kiosk', tokenTtl: '8h', throttleRate: '60/m' });
  const { token } = await app.durin.tokens.issue({ user: app.bob, client: 'kiosk' as never });
  const updated = await admin.clients.update({ name: 'kiosk', changes: { name: 'stand', tokenTtl: null } });
  expect(updated).toMatchObject({ name: 'stand', tokenTtl: null, throttleRate: '60/m', tokens: 1 });
  expect(await admin.clients.get({ name: 'stand' })).toEqual(updated);
  expect((await app.durin.authenticate(token)).client).toMatchObject({ name: 'stand', tokenTtl: null });
  expect(await admin.clients.update({ name: 'stand', changes: {} })).toEqual(updated);
  expect(await admin.clients.delete({ name: 'stand' })).toEqual({ tokens: 1 });
  await expect(app.durin.authenticate(token)).rejects.toMatchObject(refused('INVALID_TOKEN'));
});

test('invalid input is reported by field', async () => {
  const ttl =
    "This field must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years.";
  const rate = "This field must be a rate such as '5/s', '100/m', '1000/h' or '10000/d'.";
  const wrong = { name: ' ', tokenTtl: '0s', throttleRate: '2/minute' } as never;
  await expect(admin.clients.create(wrong)).rejects.toMatchObject(
    refused('INVALID_INPUT', { name: ['This field may not be blank.'], tokenTtl: [ttl], throttleRate: [rate] }),
  );
  await expect(admin.clients.create({} as never)).rejects.toMatchObject(
    refused('INVALID_INPUT', { name: ['This field is required.'] }),
  );
  await expect(admin.clients.create({ name: 'x'.repeat(65) })).rejects.toMatchObject(
    refused('INVALID_INPUT', { name: ['At most 64 characters.'] }),
  );
  await expect(
    admin.clients.update({ name: 'web', changes: { tokenTtl: -1, color: 'red' } as never }),
  ).rejects.toMatchObject(refused('INVALID_INPUT', { 'changes.tokenTtl': [ttl], changes: ['Unknown fields.'] }));
  await expect(admin.clients.list({ perPage: 101 })).rejects.toMatchObject(
    refused('INVALID_INPUT', { perPage: ['This field must be a whole number from 1 to 100.'] }),
  );
  await expect(admin.clients.list({ sort: 'id' } as never)).rejects.toMatchObject(
    refused('INVALID_INPUT', { sort: ['This field must be one of name, created, tokenTtl, tokens.'] }),
  );
});

test('a name that is taken is reported at its field', async () => {
  const sentence = ['A client with that name already exists.'];
  await expect(admin.clients.create({ name: 'web' })).rejects.toMatchObject(
    refused('CLIENT_EXISTS', { name: sentence }),
  );
  const rename = admin.clients.update({ name: 'cli', changes: { name: 'web' } });
  await expect(rename).rejects.toMatchObject(refused('CLIENT_EXISTS', { 'changes.name': sentence }));
  expect(await admin.clients.get({ name: 'cli' })).toMatchObject({ name: 'cli' });
});

test.for([
  ['no client', 'nope'],
  ['another case', 'WEB'],
  ['no characters', ''],
  ['256 characters', 'x'.repeat(256)],
])('get, update and delete refuse a name with %s', async ([, name = '']) => {
  for (const call of [
    () => admin.clients.get({ name }),
    () => admin.clients.update({ name, changes: { tokenTtl: 1 } }),
    () => admin.clients.update({ name, changes: {} }),
    () => admin.clients.delete({ name }),
  ])
    await expect(call()).rejects.toMatchObject(refused('CLIENT_NOT_FOUND'));
});

test('text that PostgreSQL cannot store is invalid input', async () => {
  const fields = { name: ['This field must be Unicode text without NUL.'] };
  await expect(admin.clients.get({ name: 'a\0' })).rejects.toMatchObject(refused('INVALID_INPUT', fields));
  await expect(admin.clients.list({ search: '\ud800' })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT' } });
  await expect(admin.tokens.list({ client: '\0' })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT' } });
});
