import type { MikroORM } from '@mikro-orm/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryCache } from '../../../src/cache/memory-cache.ts';
import { createDurin } from '../../../src/index.ts';
import { clients, createClock, requiredOptions } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { FakeDatabase } from '../../support/cache/cache-parts.ts';
import { closeDatabase } from '../../support/database.ts';
import { User } from '../../support/entities.ts';
import { openCountedDatabase } from '../../support/statement-counter.ts';

let orm: MikroORM;
let statements: () => number;
beforeAll(async () => {
  ({ orm, statements } = await openCountedDatabase());
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(() => closeDatabase(orm));

async function open() {
  const clock = createClock();
  const durin = createDurin({ ...requiredOptions(orm), clients, cache: { ttl: '60s' }, now: clock });
  await durin.clients.sync();
  return { clock, durin };
}

// 300 calls with a revoked token cost 300 statements, with the cache on.
test('300 calls with a revoked token cost one statement in five seconds', async () => {
  const { clock, durin } = await open();
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.tokens.revoke(auth.id);
  const before = statements();
  for (let index = 0; index < 300; index += 1)
    expect(await durin.authenticate(token).catch(codeOf)).toBe('INVALID_TOKEN');
  expect(statements() - before).toBe(1);
  clock.advance(5);
  await durin.authenticate(token).catch(codeOf);
  expect(statements() - before).toBe(2);
});

test.each(['token:a', 'user:1', 'client:1', 'all'] as const)(
  'a change of %s makes a token be looked up again',
  async (scope) => {
    const clock = createClock();
    const database = new FakeDatabase();
    const cache = createMemoryCache({ ttlMs: 60_000, missTtlMs: 5000, maxSessions: 10, now: clock });
    expect(await cache.find('a', database.load)).toBeNull();
    database.add('a');
    expect(await cache.find('a', database.load)).toBeNull();
    await cache.invalidate(scope);
    expect(await cache.find('a', database.load)).not.toBeNull();
  },
);

test('a look-up that a change outdated is not remembered', async () => {
  const clock = createClock();
  const database = new FakeDatabase();
  const cache = createMemoryCache({ ttlMs: 60_000, missTtlMs: 5000, maxSessions: 10, now: clock });
  const { promise, resolve } = Promise.withResolvers<null>();
  const early = cache.find('a', () => promise);
  database.add('a');
  await cache.invalidate('token:a');
  resolve(null);
  expect(await early).toBeNull();
  expect(await cache.find('a', database.load)).not.toBeNull();
});
