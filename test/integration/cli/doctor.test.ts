import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { createCommandLine } from './command-line.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const execute = (sql: string) => app.orm.em.getConnection().execute(sql);

/** What `doctor` finds to do. */
async function complaints(durin: object = app.durin): Promise<string[]> {
  const { json } = await createCommandLine(durin)('doctor');
  const findings = (json as Finding[]).filter(({ level }) => level !== 'ok');
  return findings.map(({ level, check, found }) => `${level} ${check}: ${found}`);
}

const sampleSecret = 'problem secret: The secret contains a word of samples, so it can be guessed.';

test('an app in order has lines of ok, and the secret of tests is found', async () => {
  expect(await complaints()).toEqual([sampleSecret]);
  const { stdout } = await createCommandLine(app.durin)('doctor');
  expect(stdout).toMatch(/^ok +node +Node is /m);
  expect(stdout).toMatch(/^ok +schema +The tables, columns, indexes and triggers are those of the entities\.$/m);
  expect(stdout).toMatch(/^ok +clients +The rows are what the option clients says: web, cli, api\.$/m);
  expect(stdout).toMatch(/^1 problem, 0 warnings\.$/m);
});

test('an index, a column and a row that are missing are found', async () => {
  await execute("delete from durin_client where name = 'api'");
  await execute("update durin_client set token_ttl = 5 where name = 'web'");
  expect(await complaints()).toEqual([
    sampleSecret,
    'warning clients: The row of web differs from the option clients: tokenTtl is 5 and not 86400.',
    'warning clients: The client api has no row, so nobody can sign in to it.',
  ]);
  await execute('alter table durin_client drop column max_lifetime');
  expect((await complaints())[1]).toMatch(
    /^problem schema: The database lacks something: alter table "?durin_client"? add/,
  );
  await execute('alter table durin_client add column max_lifetime int');
  await execute('drop table durin_token_use');
  expect((await complaints())[1]).toMatch(
    /^problem schema: The database lacks something: create table "durin_token_use"/,
  );
});

test('it changes nothing', async () => {
  const rows = await execute('select name from durin_client order by name');
  expect(rows).toEqual([{ name: 'cli' }, { name: 'web' }]);
});

test('a database that cannot be reached is a problem', async () => {
  const { MikroORM } = await import('@mikro-orm/postgresql');
  const orm = new MikroORM({
    entities: app.options.orm.config.get('entities'),
    clientUrl: 'postgresql://x@127.0.0.1:1/x',
  } as never);
  const durin = createDurin({ ...app.options, orm: orm as never });
  expect((await complaints(durin))[1]).toMatch(
    /^problem database: The database cannot be examined: connect ECONNREFUSED/,
  );
});
