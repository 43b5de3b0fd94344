import { beforeEach, expect, test } from 'vitest';
import { openApp } from '../support/app.ts';
import { AuthToken, Client, User } from '../support/entities.ts';

type App = Awaited<ReturnType<typeof openApp>>;

let app: App;
beforeEach(async () => {
  app = await openApp();
  return () => app.close();
});

/** Which tokens end from now on, and why. */
function listen() {
  const { events } = app.durin;
  const told: string[] = [];
  events.on('tokenRevoked', ({ userId, client, reason }) => void told.push(`${userId} ${client}: ${reason}`));
  events.on('tokenExpired', ({ userId, client }) => void told.push(`${userId} ${client}: expired`));
  return told;
}

const issue = (user: number, client: 'web' | 'cli', ttl?: '1h') =>
  app.durin.tokens.issue({ user, client, ...(ttl && { ttl }) });

test('a user and a client that are removed by a flush', async () => {
  await issue(1, 'web');
  await issue(1, 'cli');
  await issue(2, 'cli');
  await issue(2, 'web');
  const told = listen();
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, 1));
  em.remove(await em.findOneOrFail(Client, { name: 'cli' }));
  await em.flush();
  const [first, ...others] = told.toSorted();
  expect(first).toMatch(/^1 cli: (?:user|client)-deleted$/); // it went with both, and is told of once
  expect(others).toEqual(['1 web: user-deleted', '2 cli: client-deleted']);
  expect(await em.count(AuthToken)).toBe(1);
});

test('several users at once, in a transaction that was begun by hand', async () => {
  for (const user of [1, 2]) await issue(user, 'web');
  const told = listen();
  await app.orm.em.fork().transactional(async (em) => {
    for (const user of await em.find(User, {})) em.remove(user);
    await em.flush();
    expect(told).toEqual([]); // not before it is committed
  });
  expect(told.toSorted()).toEqual(['1 web: user-deleted', '2 web: user-deleted']);
});

test('a token that had expired by then has expired, and was not revoked', async () => {
  await issue(1, 'web', '1h');
  app.clock.advance(3600);
  const told = listen();
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, 1));
  await em.flush();
  expect(told).toEqual(['1 web: expired']);
});

test('a token that the app removes itself', async () => {
  await issue(1, 'web');
  const told = listen();
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(AuthToken, { user: 1 }));
  await em.flush();
  expect(told).toEqual(['1 web: revoked']);
});

test('nothing is told of, and nothing ends, where the deletion is rolled back', async () => {
  const { token } = await issue(1, 'web');
  const told = listen();
  const rolledBack = app.orm.em.fork().transactional(async (em) => {
    em.remove(await em.findOneOrFail(User, 1));
    await em.flush();
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(told).toEqual([]);
  expect((await app.durin.authenticate(token)).user.username).toBe('alice');
});
