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

/** Another durin on the same ORM, and a record of its events. */
function openAnother() {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });
  onTestFinished(() => durin.close());
  const emitted: string[] = [];
  durin.events.on('tokenRevoked', ({ userId, client, reason }) => void emitted.push(`${userId} ${client}: ${reason}`));
  return { durin, emitted };
}

const countSubscribers = () => app.orm.em.getEventManager().getSubscribers().size;

async function deactivate(id: number) {
  const em = app.orm.em.fork();
  (await em.findOneOrFail(User, id)).isActive = false;
  await em.flush();
}

test('each emits its events once, in any order of creation', async () => {
  const [one, two] = [openAnother(), openAnother()];
  const [alice, bob] = [await addUser(), await addUser()];
  await two.durin.tokens.issue({ user: alice, client: 'web' });
  await one.durin.tokens.issue({ user: bob, client: 'cli' });
  await deactivate(alice);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, bob));
  await em.flush();
  const expected = [`${alice} web: user-inactive`, `${bob} cli: user-deleted`];
  expect([one.emitted, two.emitted]).toEqual([expected, expected]);
});

test('a closed durin does not affect the open ones', async () => {
  const [closed, open] = [openAnother(), openAnother()];
  await app.durin.close();
  await closed.durin.close();
  const user = await addUser();
  await open.durin.tokens.issue({ user, client: 'web' });
  await deactivate(user);
  expect(closed.emitted).toEqual([]);
  expect(open.emitted).toEqual([`${user} web: user-inactive`]);
});

test('a revocation emits events only on the durin that made it', async () => {
  const [one, two] = [openAnother(), openAnother()];
  const user = await addUser();
  const { auth } = await one.durin.tokens.issue({ user, client: 'web' });
  await one.durin.tokens.revoke(auth.id);
  expect([one.emitted, two.emitted]).toEqual([[`${user} web: revoked`], []]);
});

test('creating durin at every reload adds no subscribers', async () => {
  const before = countSubscribers();
  for (let reload = 0; reload < 5; reload += 1) await openAnother().durin.close();
  expect(countSubscribers()).toBe(before);
});
