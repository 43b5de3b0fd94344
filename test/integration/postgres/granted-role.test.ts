import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { auditedEntities, auditedOptions } from '../../support/audit/audited-entities.ts';
import { createClock } from '../../support/clock.ts';
import { closeDatabase, openDatabase, postgresUrl } from '../../support/database.ts';
import { User } from '../../support/entities.ts';
import { databaseUrl } from '../../support/servers/database-server.ts';

const tables = ['app_user', 'durin_client', 'durin_auth_token', 'durin_token_use', 'durin_usage', 'durin_audit'];

/** The SQL that the docs grant the role `app` its rights with. */
async function documentedGrants(): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  const [, section = ''] = page.split('## Row level security\n');
  return /```sql\n(.*?)```/s.exec(section)?.[1] ?? '';
}

let owner: MikroORM;
let orm: MikroORM;
let role: string;
const execute = (sql: string) => owner.em.getConnection().execute(sql);
beforeAll(async () => {
  owner = (await openDatabase({ entities: auditedEntities })) as MikroORM;
  role = `app_of_${owner.config.get('dbName')}`;
  await execute(`create role "${role}" login password 'limited'`);
  for (const table of tables) await execute(`alter table ${table} enable row level security`);
  await execute((await documentedGrants()).replaceAll(/ to app\b/g, ` to "${role}"`));
  const url = databaseUrl(postgresUrl ?? '', owner.config.get('dbName') ?? '');
  const clientUrl = Object.assign(new URL(url), { username: role, password: 'limited' }).href;
  orm = await MikroORM.init({ clientUrl, entities: auditedEntities });
  const em = owner.em.fork();
  em.create(User, { username: 'alice', passwordHash: 'melon' });
  await em.flush();
});
afterAll(async () => {
  await orm.close(true);
  await execute(`drop owned by "${role}"`);
  await execute(`drop role "${role}"`);
  await closeDatabase(owner);
});

/** An app whose role has the documented rights. */
async function open() {
  const lines: string[] = [];
  const clock = createClock();
  const options = { ...auditedOptions(orm, secret), now: clock, onWarning: (line: string) => void lines.push(line) };
  const durin = createDurin(options);
  await durin.clients.sync();
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const login = async (client: 'web' | 'devices') => {
    const { token } = await callAs().auth.login({ username: 'alice', password: 'melon', client });
    return callAs(token ?? '');
  };
  return { durin, lines, clock, login };
}

test('a role with the documented rights does everything', async () => {
  const { durin, lines, clock, login } = await open();
  const [web, device] = [await login('web'), await login('devices')];
  expect([await web.me(), await device.me()]).toEqual(['alice', 'alice']);
  await durin.flush();
  expect(await web.auth.sessions.list()).toHaveLength(2);
  await web.auth.reauthenticate({ username: 'alice', password: 'melon' });
  await web.auth.refresh();
  await web.auth.logout();
  await durin.tokens.issue({ user: 1, client: 'api' });
  await durin.clients.create({ name: 'desk' });
  await durin.clients.update('desk', { tokenTtl: '1h' });
  await durin.clients.delete('desk');
  await durin.flush();
  expect(await durin.usage.byUser()).toEqual([{ userId: 1, calls: expect.any(Number) as number }]);
  clock.advance(86_400 * 100);
  await durin.tokens.purgeExpired();
  expect(await durin.usage.byUser({ days: 366 })).toEqual([]);
  const actions = new Set((await durin.audit.list()).map(({ action }) => action));
  expect(actions).toContain('expired');
  expect(await durin.health()).toMatchObject({ isHealthy: true });
  await durin.close();
  expect(lines.filter((line) => !line.includes('the address of a caller'))).toEqual([]);
});

test.each([
  [
    'a missing right',
    'permission denied for table durin_usage',
    (name: string) => `revoke insert on durin_usage from ${name}`,
  ],
  [
    'a missing table',
    'durin_usage does not exist: run your migrations',
    () => 'alter table durin_usage rename to forgotten',
  ],
])('%s for counts is one line and no outage', async (_, reason, breakIt) => {
  const { durin, lines, login } = await open();
  const web = await login('web');
  await execute(breakIt(`"${role}"`));
  for (let round = 0; round < 3; round += 1) {
    expect(await web.me()).toBe('alice');
    await durin.flush();
    expect(await durin.health()).toMatchObject({ isHealthy: true });
  }
  expect(lines).toEqual([`trpc-durin: calls are not counted: ${reason}`]);
  await durin.close();
});
