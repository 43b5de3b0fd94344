import { RequestContext } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { recordEvents, tokenRows } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

type App = Awaited<ReturnType<typeof openApp>>;
let app: App;
let alice: User;
beforeAll(async () => {
  app = await openApp();
  alice = await app.orm.em.fork().findOneOrFail(User, { username: 'alice' });
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.durin.tokens.revokeAll({ user: alice });
});

const rolledBack = new Error('rolled back by the test');

/** Expects the work to roll back its transaction. */
async function rollBack(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toBe(rolledBack);
}

/** Records events from here on. */
function watch() {
  const events = recordEvents(app.durin.events);
  return { ...events, names: () => events.all.map(({ name }) => name) };
}

const transactional = <T>(work: () => Promise<T>) => app.orm.em.transactional(work);
const issue = (client: 'web' | 'cli' | 'api' = 'web') => app.durin.tokens.issue({ user: alice, client });
const rows = () => tokenRows(app.orm, alice.id);

test('events of a transaction are emitted in order after the commit', async () => {
  const { names } = watch();
  const { durin } = app;
  await transactional(async () => {
    const { auth } = await issue();
    await durin.tokens.renew(auth.id);
    await issue('cli');
    expect(await durin.tokens.revoke(auth.id)).toBe(true);
    expect(await durin.tokens.revokeAll({ user: alice })).toBe(1);
    expect(names()).toEqual([]);
  });
  expect(names()).toEqual(['tokenIssued', 'tokenRenewed', 'tokenIssued', 'tokenRevoked', 'tokenRevoked']);
  expect(await rows()).toEqual([]);
});

test('a transaction that is rolled back emits nothing', async () => {
  await issue();
  const { names } = watch();
  await rollBack(
    transactional(async () => {
      await app.durin.tokens.revokeAll({ user: alice });
      await issue('cli');
      throw rolledBack;
    }),
  );
  expect(names()).toEqual([]);
  expect(await rows()).toMatchObject([{ client: 'web' }]);
});

test('events of nested transactions wait for the outermost commit', async () => {
  const { all, names } = watch();
  await transactional(async () => {
    await issue('web');
    await transactional(async () => {
      await issue('cli');
      await transactional(async () => void (await issue('api')));
      expect(names()).toEqual([]);
    });
    expect(names()).toEqual([]);
  });
  expect(all.map((event) => 'client' in event && event.client)).toEqual(['web', 'cli', 'api']);
});

test('a nested transaction that is rolled back emits nothing', async () => {
  const { all } = watch();
  await transactional(async () => {
    await issue('web');
    await rollBack(
      transactional(async () => {
        await transactional(async () => void (await issue('api')));
        throw rolledBack;
      }),
    );
    await transactional(async () => void (await issue('cli')));
  });
  expect(all.map((event) => 'client' in event && event.client)).toEqual(['web', 'cli']);
  expect(await rows()).toHaveLength(2);
});

test('a nested commit emits nothing if the outer one rolls back', async () => {
  const { names } = watch();
  await rollBack(
    transactional(async () => {
      await transactional(async () => void (await issue()));
      throw rolledBack;
    }),
  );
  expect(names()).toEqual([]);
  expect(await rows()).toEqual([]);
});

function failing(): Promise<unknown> {
  const em = app.orm.em.getContext();
  return em.getConnection().execute('select 1 / 0', [], 'all', em.getTransactionContext());
}

test('a commit that PostgreSQL turns into a rollback emits nothing', async () => {
  await issue();
  const { names } = watch();
  await transactional(async () => {
    await app.durin.tokens.revokeAll({ user: alice });
    await failing().catch(() => 'the app continues');
  }).catch(() => 'the commit may fail or not');
  expect(await rows()).toHaveLength(1);
  expect(names()).toEqual([]);
});

test('em.begin and em.commit in a request context work too', async () => {
  const { names } = watch();
  await RequestContext.create(app.orm.em, async () => {
    await app.orm.em.begin();
    await issue('web');
    expect(names()).toEqual([]);
    await app.orm.em.commit();
    expect(names()).toEqual(['tokenIssued']);
    await app.orm.em.begin();
    await issue('cli');
    await app.orm.em.rollback();
  });
  expect(names()).toEqual(['tokenIssued']);
  expect(await rows()).toHaveLength(1);
});

test('a listener called at the commit can call durin', async () => {
  const { promise: answered, resolve } = Promise.withResolvers<unknown>();
  const off = app.durin.events.on('tokenIssued', async () => {
    const revoked = app.durin.tokens.revokeAll({ user: alice });
    resolve(await revoked.catch((error: unknown) => error));
  });
  await transactional(async () => void (await issue()));
  expect(await answered).toBe(1);
  off();
  expect(await rows()).toEqual([]);
});

test('a client whose deletion is rolled back keeps its tokens', async () => {
  await issue('cli');
  const { names } = watch();
  await rollBack(
    transactional(async () => {
      expect(await app.durin.clients.delete('cli')).toBe(true);
      throw rolledBack;
    }),
  );
  expect(names()).toEqual([]);
  expect(await rows()).toMatchObject([{ client: 'cli' }]);
});

test('logins, guarded calls and logouts work inside a transaction', async () => {
  const { durin } = app;
  const { names } = watch();
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const { token } = await issue('cli');
  await transactional(async () => {
    const request = router.createCaller(durin.createContext(requestOf({ token })));
    expect(await request.me()).toBe('alice');
    await request.auth.login({ username: 'alice', password, client: 'web' });
    await router.createCaller(durin.createContext(requestOf({ token }))).auth.logout();
    expect(await durin.tokens.purgeExpired()).toBe(0);
    expect(names()).toEqual(['tokenIssued']);
  });
  expect(names()).toEqual(['tokenIssued', 'tokenIssued', 'loggedIn', 'tokenRevoked', 'loggedOut']);
  expect(await rows()).toMatchObject([{ client: 'web' }]);
});
