import { beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../src/index.ts';
import { clients, openApp, requiredOptions } from '../support/app.ts';
import { User } from '../support/entities.ts';

type App = Awaited<ReturnType<typeof openApp>>;

let app: App;
beforeEach(async () => {
  app = await openApp();
  return () => app.close();
});

/** Another durin on the same ORM, with what it tells. */
function another() {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });
  const told: string[] = [];
  durin.events.on('tokenRevoked', ({ userId, client, reason }) => void told.push(`${userId} ${client}: ${reason}`));
  return { durin, told };
}

async function deactivate(id: number) {
  const em = app.orm.em.fork();
  (await em.findOneOrFail(User, id)).isActive = false;
  await em.flush();
}

test('each tells its own listeners, once, whoever was made first', async () => {
  const [one, two] = [another(), another()];
  await two.durin.tokens.issue({ user: 1, client: 'web' });
  await one.durin.tokens.issue({ user: 2, client: 'cli' });
  await deactivate(1);
  const em = app.orm.em.fork();
  em.remove(await em.findOneOrFail(User, 2));
  await em.flush();
  const expected = ['1 web: user-inactive', '2 cli: user-deleted'];
  expect([one.told, two.told]).toEqual([expected, expected]);
});

test('one that was closed takes nothing from those that are open', async () => {
  const [closed, open] = [another(), another()];
  await app.durin.close();
  await closed.durin.close();
  await open.durin.tokens.issue({ user: 1, client: 'web' });
  await deactivate(1);
  expect(closed.told).toEqual([]);
  expect(open.told).toEqual(['1 web: user-inactive']);
});

test('what one of them ends by itself is not told by the other', async () => {
  const [one, two] = [another(), another()];
  const { auth } = await one.durin.tokens.issue({ user: 1, client: 'web' });
  await one.durin.tokens.revoke(auth.id);
  expect([one.told, two.told]).toEqual([['1 web: revoked'], []]);
});

test('a server that makes it again at every reload piles nothing up', async () => {
  const subscribers = () => app.orm.em.getEventManager().getSubscribers().size;
  const before = subscribers();
  for (let reload = 0; reload < 5; reload += 1) await another().durin.close();
  expect(subscribers()).toBe(before);
});
