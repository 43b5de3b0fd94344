import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeDatabase } from '../../../src/cli/doctor/judge-database.ts';
import { readDatabaseFacts } from '../../../src/database/mistakes/database-facts.ts';
import { internalsOf } from '../../../src/durin/internals.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { postgresUrl } from '../../support/database.ts';
import { entities } from '../../support/entities.ts';
import { databaseUrl } from '../../support/servers/database-server.ts';
import { openNetworkPath } from '../../support/servers/network-path.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const execute = (sql: string) => app.orm.em.getConnection().execute(sql);

/** The facts that an app with this URL of the database reads. */
async function factsAt(url: string) {
  const orm = await MikroORM.init({ entities, clientUrl: url });
  const durin = createDurin({ ...app.options, orm });
  const internals = internalsOf(durin);
  if (internals === null) throw new Error('This is no durin');
  try {
    return await readDatabaseFacts(orm, internals.database, internals.schema);
  } finally {
    await durin.close();
    await orm.close(true);
  }
}

const ownUrl = () => databaseUrl(postgresUrl ?? '', app.orm.config.get('dbName') ?? '');

test('a direct connection of the owner has nothing to complain about', async () => {
  const facts = await factsAt(ownUrl());
  expect(facts).toMatchObject({
    isReplica: false,
    isReadOnly: false,
    isProxied: false,
    securedTables: [],
    lacking: [],
    missing: [],
  });
});

test('what stands between the app and PostgreSQL is noticed', async () => {
  const path = await openNetworkPath(ownUrl());
  expect((await factsAt(path.url)).isProxied).toBe(true);
  await path.close();
});

test('a user with few rights, and row level security, are found', async () => {
  const name = `limited_${app.orm.config.get('dbName')}`;
  await execute(`create role "${name}" login password 'limited'`);
  try {
    await execute(`grant select, insert, update on all tables in schema public to "${name}"`);
    await execute('alter table app_user enable row level security');
    await execute(`alter role "${name}" set default_transaction_read_only = on`);
    const url = Object.assign(new URL(ownUrl()), { username: name, password: 'limited' });
    const facts = await factsAt(url.href);
    expect(facts.securedTables).toEqual(['app_user']);
    expect(facts.lacking).toEqual([
      'delete on durin_auth_token',
      'delete on durin_token_use',
      'delete on durin_client',
      'usage on sequence durin_client_id_seq',
    ]);
    await execute(`create policy all_users on app_user for select to "${name}" using (true)`);
    expect((await factsAt(url.href)).securedTables).toEqual([]);
    await execute('create policy few_users on app_user as restrictive for select using (id = 1)');
    expect((await factsAt(url.href)).securedTables).toEqual(['app_user']);
    expect(facts.missing).toEqual([]);
    const problems = judgeDatabase(facts, { preparedStatements: true, listens: false }).filter(
      ({ level }) => level === 'problem',
    );
    expect(problems.map(({ check }) => check)).toEqual(['primary', 'rights', 'row security']);
  } finally {
    await execute(`drop owned by "${name}"`);
    await execute(`drop role "${name}"`);
  }
});
