import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type NotifiedApp, type NotifiedProcess, openNotifiedApp } from '../../../support/bus/notified-app.ts';

let app: NotifiedApp;
let here: NotifiedProcess;
let there: NotifiedProcess;
beforeAll(async () => {
  app = await openNotifiedApp({ notify: true });
  [here, there] = await Promise.all([app.start(), app.start()]);
});
afterAll(() => app.close());

type Session = Awaited<ReturnType<NotifiedApp['enter']>>;

/** A session that both processes answer from their memory. */
async function enter(): Promise<Session & { readonly name: string }> {
  const session = await app.enter(here);
  await Promise.all([here.warm(session.token), there.warm(session.token)]);
  return { ...session, name: await here.ask(session.token) };
}

/** How both processes answer once they have learnt of a change. How soon that is, test/load/postgres-bus.test.ts measures. */
function learn({ token, name }: { token: string; name: string }): Promise<string[]> {
  return Promise.all([here, there].map((process) => process.untilChanged(token, name)));
}

test.for<[why: string, sql: string, by: keyof Session, answer: RegExp]>([
  ['a deleted token', 'delete from durin_auth_token where id = $1', 'tokenId', /INVALID_TOKEN/],
  // The process that finds it first removes it.
  [
    'an ended token',
    "update durin_auth_token set expiry = 'epoch' where id = $1",
    'tokenId',
    /TOKEN_EXPIRED|INVALID_TOKEN/,
  ],
  ['another selector', "update durin_auth_token set selector = 'x' where id = $1", 'tokenId', /INVALID_TOKEN/],
  ['a deleted user', 'delete from app_user where id = $1', 'userId', /INVALID_TOKEN/],
  ['a deactivated user', 'update app_user set is_active = false where id = $1', 'userId', /USER_INACTIVE/],
  ['a deleted client', 'delete from durin_client where id = $1', 'clientId', /INVALID_TOKEN/],
  ['a renamed user', "update app_user set username = 'renamed' where id = $1", 'userId', /renamed/],
] as const)('%s is seen in every process', async ([, sql, by, answer]) => {
  const session = await enter();
  await app.psql.query(sql, [session[by]]);
  for (const learnt of await learn(session)) expect(learnt).toMatch(answer);
});

test.for([
  'truncate durin_auth_token cascade',
  'truncate durin_client cascade',
  'truncate app_user cascade',
  'delete from app_user',
])('%s is seen in every process', async (sql) => {
  const session = await enter();
  await app.psql.query(sql);
  expect(await learn(session)).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
});

test("nativeUpdate of another process's ORM is seen", async () => {
  const session = await enter();
  await app.orm.em.fork().nativeUpdate(app.entities.User, session.userId, { isActive: false });
  expect(await learn(session)).toEqual(['USER_INACTIVE', 'USER_INACTIVE']);
});

test('an updated row of a populated relation is seen', async () => {
  const session = await enter();
  await app.psql.query("update app_organization set name = 'renamed' where id = $1", [session.organizationId]);
  const nameNow = async () => (await there.durin.authenticate(session.token)).user.organization?.name;
  await vi.waitFor(async () => expect(await nameNow()).toBe('renamed'), { timeout: 5000, interval: 1 });
});

test('forget makes every process read the user again', async () => {
  const { token, userId } = await enter();
  const before = there.lookUps();
  await here.durin.users.forget(userId);
  await vi.waitFor(
    async () => {
      await there.ask(token);
      expect(there.lookUps()).toBeGreaterThan(before);
    },
    { timeout: 5000, interval: 1 },
  );
});

test('a change that is rolled back announces nothing', async () => {
  const session = await enter();
  const heard: string[] = [];
  await app.psql.query('listen trpc_durin');
  app.psql.on('notification', ({ payload = '' }) => void heard.push(payload));
  await app.psql.query('begin');
  await app.psql.query('delete from durin_auth_token where id = $1', [session.tokenId]);
  await app.psql.query('rollback');
  await app.psql.query("notify trpc_durin, 'the last'");
  await app.psql.query('unlisten trpc_durin');
  expect(heard).toEqual(['the last']);
  expect([await here.ask(session.token), await there.ask(session.token)]).toEqual([session.name, session.name]);
});

test('without triggers, changes by SQL are not seen', async () => {
  const silent = await openNotifiedApp({ notify: false });
  const process = await silent.start();
  const { token, tokenId } = await silent.enter(process);
  await process.warm(token);
  const name = await process.ask(token);
  await silent.psql.query('delete from durin_auth_token where id = $1', [tokenId]);
  await silent.psql.query('select pg_notify($1, $2)', ['trpc_durin', 'a message of another program']);
  expect(await process.ask(token)).toBe(name);
  await silent.close();
});
