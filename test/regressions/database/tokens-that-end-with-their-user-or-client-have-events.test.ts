import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { AuthToken, Client, User } from '../../support/entities.ts';

type App = Awaited<ReturnType<typeof openApp>>;

let app: App;
beforeAll(async () => {
  app = await openApp();
  return () => app.close();
});

/** Users of a test's own, and which of their tokens end from now on, and why: `0` is the first of them. */
async function addUsers(count: number) {
  const em = app.orm.em.fork();
  const users = Array.from({ length: count }, () => em.create(User, { username: randomUUID() }));
  await em.flush();
  const ids = users.map(({ id }) => id);
  const told: string[] = [];
  const tell = (userId: unknown, what: string) => {
    const index = ids.indexOf(userId as number);
    if (index !== -1) told.push(`${index} ${what}`);
  };
  const { events, tokens } = app.durin;
  events.on('tokenRevoked', ({ userId, client, reason }) => tell(userId, `${client}: ${reason}`));
  events.on('tokenExpired', ({ userId, client }) => tell(userId, `${client}: expired`));
  const issue = (index: number, client: string, ttl?: '1h') =>
    tokens.issue({ user: ids[index] ?? 0, client: client as 'web', ...(ttl && { ttl }) });
  return { ids, told, issue };
}

test('a user and a client that are removed by a flush', async () => {
  const { ids, told, issue } = await addUsers(2);
  await app.durin.clients.create({ name: 'kiosk' });
  for (const user of [0, 1]) for (const client of ['web', 'kiosk']) await issue(user, client);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
  em.remove(await em.findOneOrFail(Client, { name: 'kiosk' }));
  await em.flush();
  const [first, ...others] = told.toSorted();
  expect(first).toMatch(/^0 kiosk: (?:user|client)-deleted$/); // it went with both, and is told of once
  expect(others).toEqual(['0 web: user-deleted', '1 kiosk: client-deleted']);
  expect(await em.count(AuthToken, { user: { $in: ids } })).toBe(1);
});

test('several users at once, in a transaction that was begun by hand', async () => {
  const { ids, told, issue } = await addUsers(2);
  for (const user of [0, 1]) await issue(user, 'web');
  await app.orm.em.fork().transactional(async (em) => {
    for (const user of await em.find(User, { id: { $in: ids } })) em.remove(user);
    await em.flush();
    expect(told).toEqual([]); // not before it is committed
  });
  expect(told.toSorted()).toEqual(['0 web: user-deleted', '1 web: user-deleted']);
});

test('a token that had expired by then has expired, and was not revoked', async () => {
  const { ids, told, issue } = await addUsers(1);
  await issue(0, 'web', '1h');
  app.clock.advance(3600);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
  await em.flush();
  expect(told).toEqual(['0 web: expired']);
});

test('a token that the app removes itself', async () => {
  const { ids, told, issue } = await addUsers(1);
  await issue(0, 'web');
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(AuthToken, { user: { id: ids[0] ?? 0 } }));
  await em.flush();
  expect(told).toEqual(['0 web: revoked']);
});

test('nothing is told of, and nothing ends, where the deletion is rolled back', async () => {
  const { ids, told, issue } = await addUsers(1);
  const { token } = await issue(0, 'web');
  const rolledBack = app.orm.em.fork().transactional(async (em) => {
    em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
    await em.flush();
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(told).toEqual([]);
  expect((await app.durin.authenticate(token)).user.id).toBe(ids[0]);
});
