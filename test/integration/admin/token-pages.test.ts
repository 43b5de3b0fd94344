import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminTokenView, TokenListInput } from '../../../src/admin/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { AuthToken, Client, TokenUse, User } from '../../support/entities.ts';

/** A token in the table. Many share an instant, and some have none. */
interface Row {
  id: string;
  username: string;
  client: string;
  created: Date;
  expiry: Date | null;
  lastUsedAt: Date | null;
}

const hour = 3_600_000;
const clientNames = ['web', 'cli', 'api'];

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
let rows: Row[];
beforeAll(async () => {
  app = await openAdminApp();
  await app.durin.clients.update('api', { idleTtl: '2h' });
  rows = await addTokens();
  const { token } = await app.durin.tokens.issue({ user: app.alice, client: 'web' });
  await app.durin.close(); // from here on, uses of this token are not recorded
  ({ admin } = app.callAs({ token }));
  const own = await app.orm.em.fork().findOneOrFail(AuthToken, { user: app.alice }, { populate: ['client'] });
  rows.push({ ...own, lastUsedAt: null, client: own.client.name, username: 'alice' });
});
afterAll(() => app.close());

async function addTokens(): Promise<Row[]> {
  const users = await app.addUsers(Array.from({ length: 14 }, (_, index) => `user ${index}`));
  const em = app.orm.em.fork();
  const at = (hours: number) => new Date(app.clock() + hours * hour);
  const added = users.flatMap(({ id: userId, username }, index) =>
    clientNames.map((client, place) => {
      const number = index * 3 + place;
      const row = {
        id: randomUUID(),
        username,
        client,
        created: at(-10 - (number % 5)),
        expiry: number % 4 === 0 ? null : at((number % 7) - 3),
        lastUsedAt: number % 3 === 0 ? null : at(-(number % 4)),
      };
      return { row, userId };
    }),
  );
  for (const [index, { row, userId }] of added.entries()) {
    const { username: _username, lastUsedAt, ...columns } = row;
    const token = em.create(AuthToken, {
      ...columns,
      selector: row.id.replaceAll('-', ''),
      user: em.getReference(User, userId),
      client: await em.findOneOrFail(Client, { name: row.client }),
    });
    const lastUsedOn = lastUsedAt?.toISOString().slice(0, 10) ?? null;
    const hasRow = lastUsedAt !== null || index % 2 === 0; // a token that was never used may have a row
    if (hasRow) em.create(TokenUse, { token, lastUsedAt, lastUsedOn });
  }
  await em.flush();
  return added.map(({ row }) => row);
}

/** Loads all pages of a list, one after the other. */
async function pagesOf(input: TokenListInput, betweenPages?: () => Promise<unknown>): Promise<AdminTokenView[][]> {
  const pages: AdminTokenView[][] = [];
  let cursor: string | null = null;
  do {
    const page = await admin.tokens.list({ ...input, cursor });
    pages.push(page.items);
    cursor = page.nextCursor;
    await betweenPages?.();
  } while (cursor !== null);
  return pages;
}

const sorts = ['created', 'expiry', 'lastUsedAt'] as const;
const orders = ['asc', 'desc'] as const;

/** Tokens of `api` also expire if they are not used for two hours. */
function isExpired({ client, created, expiry, lastUsedAt }: Row): boolean {
  const idleExpiry = client === 'api' ? (lastUsedAt ?? created).getTime() + 2 * hour : Number.POSITIVE_INFINITY;
  return Math.min(expiry?.getTime() ?? Number.POSITIVE_INFINITY, idleExpiry) <= app.clock();
}

/** The expected list: never is the latest expiry and the earliest use, and equal instants are sorted by id. */
function expectedIds({
  sort = 'created',
  order = 'desc',
  state,
  client,
  search,
}: NonNullable<TokenListInput>): string[] {
  const never = sort === 'expiry' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const instant = (row: Row) => row[sort]?.getTime() ?? never;
  const upwards = rows
    .filter((row) => client === undefined || row.client === client)
    .filter((row) => search === undefined || row.username.includes(search))
    .filter((row) => state === undefined || (state === 'expired') === isExpired(row))
    .toSorted((a, b) => (instant(a) === instant(b) ? (a.id < b.id ? -1 : 1) : instant(a) < instant(b) ? -1 : 1));
  return (order === 'asc' ? upwards : upwards.toReversed()).map(({ id }) => id);
}

for (const sort of sorts) {
  for (const order of orders) {
    test(`pages sorted by ${sort} ${order} are complete, with every filter`, async () => {
      for (const filter of [
        {},
        { state: 'valid' },
        { state: 'expired' },
        { client: 'cli' },
        { client: 'api', state: 'valid' },
        { client: 'api', state: 'expired' },
        { search: 'user 1' },
        { search: 'user 1', client: 'web', state: 'valid' },
        { search: 'user 1', state: 'expired' },
      ] as const) {
        const list = { sort, order, ...filter };
        for (const limit of [1, 7, 100]) {
          const pages = await pagesOf({ ...list, limit });
          expect(pages.flat().map(({ id }) => id)).toEqual(expectedIds(list));
          for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
        }
      }
    });
  }
}

test('changes between pages neither repeat nor hide other tokens', async () => {
  const { bob } = app;
  let isThere = false;
  const pages = await pagesOf({ limit: 5 }, async () => {
    isThere = !isThere;
    if (isThere) await app.durin.tokens.issue({ user: bob, client: 'web' });
    else await app.durin.tokens.revokeAll({ user: bob });
  });
  await app.durin.tokens.revokeAll({ user: bob });
  const seen = pages.flat().filter(({ user }) => user.id !== bob.id);
  expect(seen.map(({ id }) => id)).toEqual(expectedIds({}));
});

test('a row contains everything but the token', async () => {
  const { items } = await admin.tokens.list({ limit: 1, sort: 'created', order: 'desc' });
  const { id } = await app.orm.em.fork().findOneOrFail(AuthToken, { user: app.alice });
  expect(items).toEqual([
    {
      id,
      user: { id: app.alice.id, label: 'alice' },
      client: 'web',
      name: null,
      preview: expect.stringMatching(/^[0-9a-f]{4}…[0-9a-f]{4}$/) as string,
      device: null,
      scopes: null,
      created: new Date(app.clock()),
      expiry: new Date(app.clock() + 24 * hour),
      hasExpired: false,
      expiresIn: '1 day',
      lastUsedAt: null,
      ipAddress: null,
      userAgent: null,
      replaces: null,
      replacedBy: null,
    },
  ]);
  expect(await admin.tokens.get({ id })).toEqual(items[0]);
});

const aCursor = async (sort: (typeof sorts)[number]) => (await admin.tokens.list({ sort, limit: 1 })).nextCursor ?? '';
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('an invalid cursor, or one of another sort or order, is refused', async () => {
  const other = {
    durin: { code: 'INVALID_INPUT', fields: { cursor: ['This cursor belongs to a list with another sort or order.'] } },
  };
  const cursor = await aCursor('created');
  await expect(admin.tokens.list({ sort: 'expiry', cursor })).rejects.toMatchObject(other);
  await expect(admin.tokens.list({ order: 'asc', cursor })).rejects.toMatchObject(other);
  await expect(admin.tokens.list({ cursor: encode(['created', 'desc', null, randomUUID()]) })).rejects.toMatchObject(
    other,
  );

  const invalid = {
    durin: { code: 'INVALID_INPUT', fields: { cursor: ['This field must be the nextCursor of a page.'] } },
  };
  for (const wrong of [
    'x',
    '{}',
    encode({}),
    encode(['created', 'desc', '2026-01-01', randomUUID()]),
    encode(['created', 'desc', 1e20, randomUUID()]),
    encode(['created', 'desc', 253_402_300_800_000, randomUUID()]), // the year 10000
    encode(['created', 'desc', -62_135_596_800_001, randomUUID()]), // before the year 1
    encode(['created', 'desc', 0, "'; drop table durin_client; --"]),
    encode(['created', 'desc', 0]),
  ])
    await expect(admin.tokens.list({ cursor: wrong })).rejects.toMatchObject(invalid);
  for (const at of [253_402_300_799_999, -62_135_596_800_000])
    await expect(admin.tokens.list({ cursor: encode(['created', 'desc', at, randomUUID()]) })).resolves.toBeDefined();
  expect((await admin.tokens.list({ cursor: '' })).items.length).toBeGreaterThan(1); // like null: the first page
});

test('a page has 25 tokens by default and 100 at most', async () => {
  expect((await admin.tokens.list()).items).toHaveLength(25);
  await expect(admin.tokens.list({ limit: 101 })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT' } });
});
