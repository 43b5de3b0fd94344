import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { secret } from '../../support/app.ts';
import { type AuditedApp, inWords, openAuditedApp } from '../../support/audit/audited-app.ts';
import { postgresUrl } from '../../support/database.ts';
import type { User } from '../../support/entities.ts';
import { tapStatements } from '../../support/statement-tap.ts';

let app: AuditedApp;
let user: User;
beforeAll(async () => {
  app = await openAuditedApp();
  user = await app.addUser();
});
beforeEach(() => app.run('delete from durin_auth_token'));
afterAll(() => app.close());

/** Lets another process make the change, and be killed before it emits an event. */
async function makeKilled(change: 'issue' | 'revoke' | 'revokeAll' | 'create', tokenId = ''): Promise<void> {
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${app.orm.config.get('dbName')}`;
  const env = { PATH: process.env['PATH'] ?? '', POSTGRES_URL: url.href, SECRET: secret };
  const program = join(import.meta.dirname, '../../support/audit/audited-process.ts');
  const child = spawn(process.execPath, [program, change, tokenId], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal, output }).toEqual({ code: null, signal: 'SIGKILL', output: '' });
}

test('kill -9 after the statement that issues a token loses no entry', async () => {
  const entries = await app.changesOf(() => makeKilled('issue'));
  expect(entries.map(inWords)).toEqual(['issued of web by server']);
  expect(await app.run('select id from durin_auth_token')).toEqual([{ id: entries[0]?.tokenId }]);
});

test('kill -9 after the statement that ends a token loses no entry', async () => {
  const { auth } = await app.durin.tokens.issue({ user, client: 'web' });
  const entries = await app.changesOf(() => makeKilled('revoke', auth.id));
  expect(entries.map(inWords)).toEqual(['revoked (revoked) of web by server']);
  expect(await app.run('select id from durin_auth_token')).toEqual([]);
});

test('kill -9 before the commit leaves neither the change nor an entry', async () => {
  await app.durin.tokens.issue({ user, client: 'web' });
  expect(await app.changesOf(() => makeKilled('revokeAll'))).toEqual([]); // it locks the user first, in a transaction
  expect(await app.run('select count(*)::int as count from durin_auth_token')).toEqual([{ count: 1 }]);
});

test('kill -9 after the statement that creates a client loses no entry', async () => {
  const entries = await app.changesOf(() => makeKilled('create'));
  expect(entries.map(inWords)).toEqual(['client-created of partner by server']);
});

test('an audited login is one prepared statement', async () => {
  const { username } = user;
  const login = () => app.callAs().auth.login({ username, password: `password of ${username}`, client: 'web' });
  const statements = await tapStatements(app.orm);
  await login();
  const own = statements.filter(({ text }) => !text.startsWith('select'));
  expect(own.map(({ text }) => text.includes('$1::') && text.includes('insert into'))).toEqual([true]);
});

test('a session with another search path is audited too', async () => {
  const { auth } = await app.durin.tokens.issue({ user, client: 'personal' });
  const entries = await app.changesOf(() =>
    app.runTogether(
      "set local search_path to 'pg_catalog'",
      `delete from public.durin_auth_token where id = '${auth.id}'`,
    ),
  );
  expect(entries.map(inWords)).toEqual(['revoked (revoked) of personal by database']);
});

test('a role that may only insert writes entries, and changes none', async () => {
  await app.run(`do $$ begin create role clerk; exception when duplicate_object then null; end $$`);
  await app.run('grant usage on schema public to clerk');
  await app.run('grant select, insert, update, delete on durin_client to clerk');
  await app.run('grant usage on sequence durin_client_id_seq, durin_audit_id_seq to clerk');
  await app.run('grant select, insert on durin_audit to clerk');
  const asClerk = (sql: string) => app.runTogether('set local role clerk', sql);
  const entries = await app.changesOf(() => asClerk("insert into durin_client (name) values ('clerk')"));
  expect(entries.map(inWords)).toEqual(['client-created of clerk by database']);
  for (const sql of ['delete from durin_audit', 'update durin_audit set client = null', 'truncate durin_audit'])
    await expect(asClerk(sql)).rejects.toThrow('permission denied');
  await app.run('drop owned by clerk');
  await app.run('drop role clerk');
});
