import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AdminApp, openAdminApp } from '../support/admin-app.ts';

/** A table that a page must not read the whole of: some 6,000 pages of 8 kB, its indexes not counted. */
const users = 10_000;
const clientsOfAUser = 20;

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
let execute: <T>(sql: string, parameters?: readonly unknown[]) => Promise<T[]>;

beforeAll(async () => {
  app = await openAdminApp();
  const connection = app.orm.em.getConnection() as unknown as { execute: typeof execute };
  execute = (sql, parameters = []) => connection.execute(sql, parameters);
  await execute(
    `insert into app_user (username, is_active, role) select 'user ' || i, true, 'member' from generate_series(1, ${users}) i`,
  );
  await execute(`insert into durin_client (name) select 'client ' || i from generate_series(1, ${clientsOfAUser}) i`);
  const now = new Date(app.clock()).toISOString();
  await execute(
    `insert into durin_auth_token (id, selector, user_id, client_id, created, expiry, last_used_at)
     select gen_random_uuid(), md5(u.id || ':' || c.id), u.id, c.id, ?::timestamptz - age,
       case when c.name = 'client 1' then null else ?::timestamptz - age + interval '30 days' end,
       case when random() < 0.2 then null else ?::timestamptz - age * random() end
     from app_user u cross join durin_client c cross join lateral (select (u.id - u.id + random() * 60) * interval '1 day' as age) a
     where u.username like 'user %' and c.name like 'client %'`,
    [now, now, now],
  );
  await execute('vacuum analyze');
  const { token } = await app.durin.tokens.issue({ user: app.alice, client: 'web' });
  ({ admin } = app.callAs({ token }));
}, 120_000);
afterAll(() => app.close());

/** The most blocks of 8 kB that a statement of this work read, in the database's cache or not. */
async function blocksOf(work: () => Promise<unknown>): Promise<number> {
  const logger = app.orm.config.getLogger();
  const statements: { query: string; params: readonly unknown[] }[] = [];
  const spy = vi.spyOn(logger, 'logQuery').mockImplementation(({ query, params }) => {
    statements.push({ query: query ?? '', params: params ?? [] });
  });
  logger.setDebugMode(['query']);
  await work();
  logger.setDebugMode(false);
  spy.mockRestore();
  const selects = statements.filter(({ query }) => query.startsWith('select') && !query.includes('t.selector ='));
  expect(selects.length).toBeGreaterThan(0);
  const blocks = [];
  for (const { query, params } of selects) blocks.push(await blocksRead(query, params));
  return Math.max(...blocks);
}

async function blocksRead(query: string, params: readonly unknown[]): Promise<number> {
  const [row] = await execute<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
    `explain (analyze, buffers, format json) ${query}`,
    params,
  );
  const plan = row?.['QUERY PLAN'][0].Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}

/** A page has 25 rows: each a block of its own, its user's, its client's and those of their indexes. */
const blocksOfAPage = 400;

const sorts = ['created', 'expiry', 'lastUsedAt'] as const;
const orders = ['asc', 'desc'] as const;

test('the whole table is more than a page reads', async () => {
  expect(await blocksRead('select sum(length(selector)) from durin_auth_token', [])).toBeGreaterThan(blocksOfAPage * 5);
});

for (const sort of sorts) {
  for (const order of orders) {
    test(`sorted by ${sort}, ${order}: the first page and one in the middle read a page's blocks`, async () => {
      expect(await blocksOf(() => admin.tokens.list({ sort, order }))).toBeLessThan(blocksOfAPage);
      const [middle] = await execute<{ id: string; at: number }>(
        `select id, (extract(epoch from ${sort === 'lastUsedAt' ? 'last_used_at' : sort}) * 1000)::float8 as at
         from durin_auth_token where ${sort === 'lastUsedAt' ? 'last_used_at' : sort} is not null order by 2 offset 80000 limit 1`,
      );
      for (const at of sort === 'created' ? [middle?.at] : [middle?.at, null]) {
        const cursor = Buffer.from(JSON.stringify([sort, order, at, middle?.id])).toString('base64url');
        expect(await blocksOf(() => admin.tokens.list({ sort, order, cursor }))).toBeLessThan(blocksOfAPage);
      }
    });
  }
}

test('tokens of a user, of those whose name was searched, and of a client are found by an index', async () => {
  const list = admin.tokens.list;
  expect(await blocksOf(() => list({ client: 'client 7' }))).toBeLessThan(blocksOfAPage);
  expect(await blocksOf(() => list({ client: 'client 7', state: 'valid' }))).toBeLessThan(blocksOfAPage);
  expect(await blocksOf(() => list({ user: app.bob.id }))).toBeLessThan(blocksOfAPage);
  expect(await blocksOf(() => list({ state: 'expired', sort: 'expiry' }))).toBeLessThan(blocksOfAPage);
  expect(await blocksOf(() => list({ search: 'user 123' }))).toBeLessThan(blocksOfAPage * 10); // of up to 100 users
});

test('of users and clients no more is read than their tables', async () => {
  const ofUsers = await blocksRead('select sum(length(username)) from app_user', []);
  expect(await blocksOf(() => admin.users.search({ search: '99' }))).toBeLessThan(ofUsers + 10);
  expect(await blocksOf(() => admin.users.get({ user: 77 }))).toBeLessThan(10);
});
