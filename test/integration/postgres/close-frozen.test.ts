import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { postgresBus } from '../../../src/postgres/index.ts';
import { clients, requiredOptions } from '../../support/app.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { User } from '../../support/entities.ts';
import { openSilentStreams } from '../../support/streams/silent-streams.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await openOwnPostgres();
});
afterAll(() => postgres.stop());

async function openSession() {
  const bus = postgresBus();
  const durin = createDurin({
    ...requiredOptions(postgres.orm),
    clients,
    cache: { ttl: '60s', bus },
    onWarning() {},
  });
  await durin.clients.sync();
  const em = postgres.orm.em.fork();
  const user = em.create(User, { username: crypto.randomUUID(), passwordHash: null });
  await em.flush();
  const { token } = await durin.tokens.issue({ user, client: 'web' });
  await durin.authenticate(token);
  await expect.poll(() => bus.isConnected()).toBe(true);
  return { durin, token };
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

test('it closes within a second with streams of every kind open', async () => {
  const { durin, token } = await openSession();
  const { ends, close } = await openSilentStreams(durin, token);
  expect(await timeOf(durin.close)).toBeLessThan(1000);
  expect(new Set(await ends)).toEqual(new Set(['STORE_UNAVAILABLE']));
  await durin.close();
  await durin.flush();
  await close();
});

test('it closes as fast while PostgreSQL is frozen', async () => {
  const { durin, token } = await openSession();
  const { ends, close } = await openSilentStreams(durin, token); // which uses the token
  await postgres.freeze();
  try {
    expect(await timeOf(durin.close)).toBeLessThan(1000);
    expect(new Set(await ends)).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(await timeOf(durin.flush)).toBeLessThan(100);
  } finally {
    postgres.thaw();
  }
  await close();
  expect(uncaught).toEqual([]);
});
