import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TokenListInput } from '../../../src/admin/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { blocksReadBy, planOf, readsOf } from '../../support/plans.ts';
import { plantedTokens } from '../../support/planting/planted-tokens.ts';
import { type Statement, tapStatements } from '../../support/statement-tap.ts';

/** The token table has about 5,000 blocks of 8 kB without its indexes, far more than a page may read. */
const users = 10_000;
const clientsOfAUser = 20;

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
let execute: <T>(sql: string, parameters?: readonly unknown[]) => Promise<T[]>;
let statements: Statement[];

beforeAll(async () => {
  app = await openAdminApp();
  const connection = app.orm.em.getConnection() as unknown as { execute: typeof execute };
  execute = (sql, parameters = []) => connection.execute(sql, parameters);
  await execute(
    `insert into app_user (username, is_active, role) select 'user ' || i, true, 'member' from generate_series(1, ${users}) i`,
  );
  await execute(`insert into durin_client (name) select 'client ' || i from generate_series(1, ${clientsOfAUser}) i`);
  const now = new Date(app.clock()).toISOString();
  // The tokens of client 1 never expire.
  await execute(
    plantedTokens(`
     select md5(u.id || ':' || c.id), u.id, c.id, ?::timestamptz - age,
       case when c.name = 'client 1' then null else ?::timestamptz - age + interval '30 days' end,
       case when random() < 0.2 then null else ?::timestamptz - age * random() end, null, null
     from app_user u cross join durin_client c cross join lateral (select (u.id - u.id + random() * 45) * interval '1 day' as age) a
     where u.username like 'user %' and c.name like 'client %'`),
    [now, now, now],
  );
  await execute('vacuum analyze');
  const { token } = await app.durin.tokens.issue({ user: app.alice, client: 'web' });
  ({ admin } = app.callAs({ token }));
  statements = await tapStatements(app.orm);
}, 120_000);
afterAll(() => app.close());

/** The statements that an admin's call sends, without the look-up of its session. */
async function sentBy(work: () => Promise<unknown>): Promise<Statement[]> {
  const before = statements.length;
  await work();
  const sent = statements
    .slice(before)
    .filter(({ text }) => text.startsWith('select') && !text.includes('t.selector ='));
  expect(sent.length).toBeGreaterThan(0);
  return sent;
}

/** The number of blocks that the most expensive statement of the work reads. */
async function blocksReadIn(work: () => Promise<unknown>): Promise<number> {
  const blocks = [];
  for (const statement of await sentBy(work)) blocks.push(await blocksReadBy(app.orm, statement));
  return Math.max(...blocks);
}

/** How the statements of the work read the token table. */
async function readsBy(work: () => Promise<unknown>): Promise<string[]> {
  const plans = (await sentBy(work)).map((statement) => planOf(app.orm, statement));
  return (await Promise.all(plans)).flatMap((steps) => readsOf('durin_auth_token', steps));
}

async function blocksIn(relation: string): Promise<number> {
  const [size] = await execute<{ blocks: number }>('select (pg_relation_size(?::regclass) / 8192)::int as blocks', [
    relation,
  ]);
  return size?.blocks ?? Number.NaN;
}

/** A page has 25 rows. Each may need its own block, its user's, its client's, its successor's and those of their indexes. */
const blocksOfAPage = 500;

const sorts = ['created', 'expiry', 'lastUsedAt'] as const;
const orders = ['asc', 'desc'] as const;

test('the token table is larger than a page may read', async () => {
  expect(await blocksIn('durin_auth_token')).toBeGreaterThan(blocksOfAPage * 5);
});

for (const sort of ['created', 'expiry'] as const) {
  for (const order of orders) {
    test(`${sort} ${order}: any page reads only a page's blocks`, async () => {
      expect(await blocksReadIn(() => admin.tokens.list({ sort, order }))).toBeLessThan(blocksOfAPage);
      const [middle] = await execute<{ id: string; at: number }>(
        `select id, (extract(epoch from ${sort}) * 1000)::float8 as at
         from durin_auth_token where ${sort} is not null order by 2 offset 80000 limit 1`,
      );
      for (const at of sort === 'created' ? [middle?.at] : [middle?.at, null]) {
        const cursor = Buffer.from(JSON.stringify([sort, order, at, middle?.id])).toString('base64url');
        expect(await blocksReadIn(() => admin.tokens.list({ sort, order, cursor }))).toBeLessThan(blocksOfAPage);
      }
    });

    test(`${sort} ${order}: a filtered page reads at most one index more`, async () => {
      const [largest] = await execute<{ name: string }>(
        `select indexrelid::regclass::text as name from pg_index where indrelid = 'durin_auth_token'::regclass
         order by pg_relation_size(indexrelid) desc limit 1`,
      );
      const most = blocksOfAPage + (await blocksIn(largest?.name ?? ''));
      expect(most).toBeLessThan(users * clientsOfAUser * 0.02); // skipped rows are not read
      for (const state of ['valid', 'expired', undefined] as const) {
        for (const client of ['client 1', 'client 7', undefined]) {
          const list: TokenListInput = { sort, order, state, client };
          const work = () => admin.tokens.list(list);
          expect({ ...list, isBounded: (await blocksReadIn(work)) < most }).toEqual({ ...list, isBounded: true });
          expect(await readsBy(work)).not.toContain('Seq Scan');
        }
      }
    });
  }
}

for (const order of orders) {
  test(`last used ${order}: a page reads no more than the tables, a few times`, async () => {
    const tables = (await blocksIn('durin_auth_token')) + (await blocksIn('durin_token_use'));
    for (const state of ['valid', 'expired', undefined] as const) {
      for (const client of ['client 1', 'client 7', undefined]) {
        const list: TokenListInput = { sort: 'lastUsedAt', order, state, client };
        const blocks = await blocksReadIn(() => admin.tokens.list(list));
        expect({ ...list, isBounded: blocks < tables * 3 }).toEqual({ ...list, isBounded: true });
      }
    }
  });
}

test('tokens of users and clients are found by an index', async () => {
  const list = admin.tokens.list;
  expect(await blocksReadIn(() => list({ client: 'client 7' }))).toBeLessThan(blocksOfAPage);
  expect(await blocksReadIn(() => list({ client: 'client 7', state: 'valid' }))).toBeLessThan(blocksOfAPage);
  expect(await blocksReadIn(() => list({ user: app.bob.id }))).toBeLessThan(blocksOfAPage);
  expect(await blocksReadIn(() => list({ state: 'expired', sort: 'expiry' }))).toBeLessThan(blocksOfAPage);
  for (const sort of sorts) {
    const work = () => list({ search: 'user 123', sort, state: 'expired' }); // of up to 100 users
    expect(await blocksReadIn(work)).toBeLessThan(blocksOfAPage * 10);
    expect((await readsBy(work)).join()).toContain('durin_auth_token_user_id_client_id_slot_unique');
  }
});

test('a token is found by its key', async () => {
  const [token] = (await admin.tokens.list({ client: 'client 3', limit: 1 })).items;
  expect(await blocksReadIn(() => admin.tokens.get({ id: token?.id ?? '' }))).toBeLessThan(20);
});

test('queries for users and clients read at most their tables', async () => {
  const ofUsers = await blocksIn('app_user');
  expect(await blocksReadIn(() => admin.users.search({ search: '99' }))).toBeLessThan(ofUsers + 10);
  expect(await blocksReadIn(() => admin.users.get({ user: 77 }))).toBeLessThan(10);
  expect(await blocksReadIn(() => admin.whoami())).toBeLessThan(10);
  expect(await blocksReadIn(() => admin.clients.names())).toBeLessThan(10);
  expect(await readsBy(() => admin.clients.names())).toEqual([]);
});

test('counting scans the table once, even after many recorded uses', async () => {
  await execute('alter table durin_token_use set (autovacuum_enabled = false)');
  await execute(`update durin_token_use set last_used_at = ? where token_id::text like '1%'`, [
    new Date(app.clock()).toISOString(),
  ]);
  const once = (await blocksIn('durin_auth_token')) + (await blocksIn('durin_token_use')) + blocksOfAPage;
  for (const sort of ['name', 'tokens'] as const) {
    expect(await blocksReadIn(() => admin.clients.list({ sort }))).toBeLessThan(once);
  }
  expect(await blocksReadIn(() => admin.clients.get({ name: 'client 7' }))).toBeLessThan(once);
  expect(await blocksReadIn(() => admin.usage.clients())).toBeLessThan(once);
  for (const days of [1, 30, 366]) {
    expect(await blocksReadIn(() => admin.usage.overTime({ days }))).toBeLessThan(once * 2); // one scan each for `created` and `last_used_at`
    expect(await blocksReadIn(() => admin.usage.overTime({ days, client: 'client 7' }))).toBeLessThan(once * 2);
  }
});

const webAlone = () => admin.clients.list({ perPage: 1, search: 'web' });

test('a page of clients counts only the tokens of its clients', async () => {
  expect(await readsBy(webAlone)).not.toContain('Seq Scan');
  expect(await blocksReadIn(webAlone)).toBeLessThan(10);
});
