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

/** Adds users, and records which of their tokens end and why. Users appear by their index: `0` is the first. */
async function addUsers(count: number) {
  const em = app.orm.em.fork();
  const users = Array.from({ length: count }, () => em.create(User, { username: randomUUID() }));
  await em.flush();
  const ids = users.map(({ id }) => id);
  const ended: string[] = [];
  const record = (userId: unknown, what: string) => {
    const index = ids.indexOf(userId as number);
    if (index !== -1) ended.push(`${index} ${what}`);
  };
  const { events, tokens } = app.durin;
  events.on('tokenRevoked', ({ userId, client, reason }) => record(userId, `${client}: ${reason}`));
  events.on('tokenExpired', ({ userId, client }) => record(userId, `${client}: expired`));
  const issue = (index: number, client: string, ttl?: '1h') =>
    tokens.issue({ user: ids[index] ?? 0, client: client as 'web', ...(ttl && { ttl }) });
  return { ids, ended, issue };
}

test('a flush that removes a user and a client', async () => {
  const { ids, ended, issue } = await addUsers(2);
  await app.durin.clients.create({ name: 'kiosk' });
  for (const user of [0, 1]) for (const client of ['web', 'kiosk']) await issue(user, client);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
  em.remove(await em.findOneOrFail(Client, { name: 'kiosk' }));
  await em.flush();
  const [first, ...others] = ended.toSorted();
  expect(first).toMatch(/^0 kiosk: (?:user|client)-deleted$/); // deleted with both, but emitted once
  expect(others).toEqual(['0 web: user-deleted', '1 kiosk: client-deleted']);
  expect(await em.count(AuthToken, { user: { $in: ids } })).toBe(1);
});

test('a flush that removes several users in an explicit transaction', async () => {
  const { ids, ended, issue } = await addUsers(2);
  for (const user of [0, 1]) await issue(user, 'web');
  await app.orm.em.fork().transactional(async (em) => {
    for (const user of await em.find(User, { id: { $in: ids } })) em.remove(user);
    await em.flush();
    expect(ended).toEqual([]); // not before the commit
  });
  expect(ended.toSorted()).toEqual(['0 web: user-deleted', '1 web: user-deleted']);
});

test('a token that had already expired emits tokenExpired', async () => {
  const { ids, ended, issue } = await addUsers(1);
  await issue(0, 'web', '1h');
  app.clock.advance(3600);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
  await em.flush();
  expect(ended).toEqual(['0 web: expired']);
});

test('a token that the app itself removes', async () => {
  const { ids, ended, issue } = await addUsers(1);
  await issue(0, 'web');
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(AuthToken, { user: { id: ids[0] ?? 0 } }));
  await em.flush();
  expect(ended).toEqual(['0 web: revoked']);
});

test('a deletion that rolls back ends nothing and emits nothing', async () => {
  const { ids, ended, issue } = await addUsers(1);
  const { token } = await issue(0, 'web');
  const rolledBack = app.orm.em.fork().transactional(async (em) => {
    em.remove(await em.findOneOrFail(User, ids[0] ?? 0));
    await em.flush();
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(ended).toEqual([]);
  expect((await app.durin.authenticate(token)).user.id).toBe(ids[0]);
});
