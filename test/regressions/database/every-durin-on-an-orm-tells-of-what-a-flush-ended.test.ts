import { randomUUID } from 'node:crypto';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requiredOptions } from '../../support/app.ts';
import { User } from '../../support/entities.ts';

type App = Awaited<ReturnType<typeof openApp>>;

let app: App;
beforeAll(async () => {
  app = await openApp();
  return () => app.close();
});

async function addUser(): Promise<number> {
  const em = app.orm.em.fork();
  const user = em.create(User, { username: randomUUID() });
  await em.flush();
  return user.id;
}

/** Another durin on the same ORM, with what it tells. */
function another() {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });
  onTestFinished(() => durin.close());
  const told: string[] = [];
  durin.events.on('tokenRevoked', ({ userId, client, reason }) => void told.push(`${userId} ${client}: ${reason}`));
  return { durin, told };
}

const countSubscribers = () => app.orm.em.getEventManager().getSubscribers().size;

async function deactivate(id: number) {
  const em = app.orm.em.fork();
  (await em.findOneOrFail(User, id)).isActive = false;
  await em.flush();
}

test('each tells its own listeners, once, whoever was made first', async () => {
  const [one, two] = [another(), another()];
  const [alice, bob] = [await addUser(), await addUser()];
  await two.durin.tokens.issue({ user: alice, client: 'web' });
  await one.durin.tokens.issue({ user: bob, client: 'cli' });
  await deactivate(alice);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, bob));
  await em.flush();
  const expected = [`${alice} web: user-inactive`, `${bob} cli: user-deleted`];
  expect([one.told, two.told]).toEqual([expected, expected]);
});

test('one that was closed takes nothing from those that are open', async () => {
  const [closed, open] = [another(), another()];
  await app.durin.close();
  await closed.durin.close();
  const user = await addUser();
  await open.durin.tokens.issue({ user, client: 'web' });
  await deactivate(user);
  expect(closed.told).toEqual([]);
  expect(open.told).toEqual([`${user} web: user-inactive`]);
});

test('what one of them ends by itself is not told by the other', async () => {
  const [one, two] = [another(), another()];
  const user = await addUser();
  const { auth } = await one.durin.tokens.issue({ user, client: 'web' });
  await one.durin.tokens.revoke(auth.id);
  expect([one.told, two.told]).toEqual([[`${user} web: revoked`], []]);
});

test('a server that makes it again at every reload piles nothing up', async () => {
  const before = countSubscribers();
  for (let reload = 0; reload < 5; reload += 1) await another().durin.close();
  expect(countSubscribers()).toBe(before);
});
