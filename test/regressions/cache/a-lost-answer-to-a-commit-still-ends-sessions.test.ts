import { type EntityManager, type MikroORM, RequestContext } from '@mikro-orm/core';
import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from '../../support/arena.ts';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';
import { Client, User } from '../../support/entities.ts';

interface Connection {
  execute(sql: string, ...rest: unknown[]): Promise<unknown>;
  commit(...parameters: unknown[]): Promise<unknown>;
}

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

/** Loses the connection during `work`, after such a statement or a commit was executed and before its answer. */
async function losing<T>(orm: MikroORM, lost: RegExp | 'commit', work: () => Promise<T>): Promise<T> {
  const connection = orm.em.getDriver().getConnection('write') as unknown as Connection;
  const { execute, commit } = connection;
  connection.execute = async (sql, ...rest) => {
    const answer = await execute.call(connection, sql, ...rest);
    if (lost instanceof RegExp && lost.test(sql)) throw reset();
    return answer;
  };
  connection.commit = async (transaction, events, ...rest) => {
    await commit.call(connection, transaction, lost === 'commit' ? withoutEnd(events) : events, ...rest);
    if (lost === 'commit') throw reset();
  };
  const restorePool = await losePrepared(orm, lost);
  try {
    return await work();
  } finally {
    restorePool();
    Object.assign(connection, { execute, commit });
  }
}

/** Loses the connection of a prepared statement, which goes past the ORM. PGlite has no pool. */
async function losePrepared(orm: MikroORM, lost: RegExp | 'commit'): Promise<() => void> {
  const pool = (await orm.em.getDriver().getConnection('write').getNativeClient()) as Partial<Pool>;
  const { connect } = pool;
  if (connect === undefined) return () => {};
  const changed: Partial<PoolClient>[] = [];
  let isOver = false;
  async function connectAndLose(): Promise<PoolClient> {
    const client = await (connect as () => Promise<PoolClient>).call(pool);
    const query = client.query.bind(client) as (...call: unknown[]) => Promise<unknown>;
    async function queryAndLose(...call: unknown[]): Promise<unknown> {
      const answer = await query(...call);
      const [statement] = call as [{ name?: string; text?: string }];
      if (!isOver && lost instanceof RegExp && statement.name !== undefined && lost.test(statement.text ?? ''))
        throw reset();
      return answer;
    }
    changed.push(Object.assign(client, { query: queryAndLose }));
    return client;
  }
  Object.assign(pool, { connect: connectAndLose });
  return function restorePool() {
    isOver = true; // also for what is connecting now
    delete pool.connect; // the class has it
    for (const client of changed) delete client.query;
  };
}

interface Broadcaster {
  dispatchEvent(event: string, transaction: unknown): Promise<unknown>;
}

/** MikroORM emits the end of a commit only once the commit was answered. */
function withoutEnd(events: unknown): Broadcaster {
  return {
    dispatchEvent: async (event, transaction) =>
      event === 'afterTransactionCommit' ? undefined : (events as Broadcaster).dispatchEvent(event, transaction),
  };
}

const ends: [string, RegExp | 'commit', (app: CachedApp, token: string, id: string) => Promise<unknown>][] = [
  ['logout', /^delete/, ({ callAs }, token) => callAs({ token }).auth.logout()],
  ['logoutAll', 'commit', ({ callAs }, token) => callAs({ token }).auth.logoutAll()],
  ['tokens.revoke', /^delete/, ({ here }, _, id) => here.tokens.revoke(id)],
  ['a login that replaces the token', /insert into/, ({ login }) => login('web')],
  ['clients.delete', 'commit', ({ here }) => here.clients.delete('web')],
  [
    "an app's own transaction",
    'commit',
    ({ here, orm }, _, id) => orm.em.fork().transactional(() => here.tokens.revoke(id)),
  ],
  ['the flush that deactivates the user', 'commit', ({ orm }) => deactivate(orm.em.fork())],
  [
    "the flush of a request's own entity manager",
    'commit',
    ({ orm }) => RequestContext.create(orm.em, () => deactivate(orm.em)),
  ],
];

async function deactivate(em: EntityManager): Promise<void> {
  (await em.findOneOrFail(User, { username: 'alice' })).isActive = false;
  await em.flush();
}

// The session stayed in the cache: the logout did not see the row go, and a second logout found none.
describe.each(kinds)('if the connection is lost between a commit and its answer (%s)', (kind) => {
  let app: CachedApp;
  beforeAll(async () => {
    app = await openCachedApp(kind, { rotateTokenOnLogin: true });
  });
  afterAll(() => app.close());

  /** Restores what an earlier test took away. */
  async function restore(): Promise<void> {
    await app.here.clients.sync();
    const em = app.orm.em.fork();
    await em.nativeUpdate(User, { username: 'alice' }, { isActive: true });
    await em.nativeUpdate(Client, { name: 'web' }, { tokenTtl: 86_400 });
  }

  test.each(ends)('%s fails, and the session is over', async (_, lost, end) => {
    await restore();
    const { token } = await app.login('web');
    await app.warm(token);
    const { id } = await app.here.authenticate(token);
    const failure = losing(app.orm, lost, () => end(app, token, id)).then(
      () => null,
      (error: unknown) => error,
    );
    expect(await failure).toMatchObject(lost === 'commit' ? {} : { durin: { code: 'STORE_UNAVAILABLE' } });
    const answers = await app.look(token, ({ user }) => user.username);
    expect(answers.filter((answer) => !/^(?:INVALID_TOKEN|USER_INACTIVE)$/.test(answer))).toEqual([]);
  });

  test('a renewal to an earlier expiry fails, and is seen', async () => {
    await restore();
    const { token } = await app.login('web');
    await app.warm(token);
    const { id } = await app.here.authenticate(token);
    await app.orm.em.fork().nativeUpdate(Client, { name: 'web' }, { tokenTtl: 60 });
    const failure = losing(app.orm, /^update/, () => app.here.tokens.renew(id)).catch(codeOf);
    expect(await failure).toBe('STORE_UNAVAILABLE');
    const inAMinute = app.clock() + 60_000;
    expect(await app.look(token, ({ expiry }) => expiry?.getTime())).toEqual([inAMinute, inAMinute]);
  });
});
