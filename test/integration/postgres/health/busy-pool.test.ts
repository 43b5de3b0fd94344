import type { MikroORM, Options } from '@mikro-orm/core';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { clients, requiredOptions } from '../../../support/app.ts';
import { codeOf } from '../../../support/arena.ts';
import { closeDatabase, openAgain, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';

let database: MikroORM;
beforeAll(async () => {
  database = await openDatabase({ entities });
  const em = database.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(() => closeDatabase(database));

/** An app whose pool has so many connections. */
async function openApp(max: number, options: Partial<Options> = {}) {
  const orm = await openAgain(database, { entities, pool: { min: 0, max }, ...options });
  const lines: string[] = [];
  const durin = createDurin({
    ...requiredOptions(orm),
    clients,
    databaseTimeout: '1s',
    onWarning: (line) => void lines.push(line),
  });
  onTestFinished(async () => {
    await durin.close();
    await orm.close();
  });
  await durin.clients.sync();
  const pool = (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;

  /** Takes all connections. Returns what releases them. */
  async function hold(): Promise<() => void> {
    const held = await Promise.all(Array.from({ length: max }, () => pool.connect()));
    return () => held.forEach((connection) => connection.release());
  }

  return { durin, lines, hold };
}

test.each([
  [1, "the pool's only connection is busy or being opened"],
  [2, 'all 2 connections of the pool are busy or being opened'],
])('health names the cause while %i of %i connections are busy', async (max, busy) => {
  const { durin, hold } = await openApp(max);
  const release = await hold();
  expect((await durin.health()).database).toMatchObject({
    status: 'down',
    reason: `the database did not answer within 750 ms: ${busy}, and 1 call waits`,
  });
  release();
  await vi.waitFor(async () => expect(await durin.health()).toMatchObject({ isHealthy: true }), 5000);
});

test('so does health if the app prepares its connections', async () => {
  const { durin, hold } = await openApp(1, { onReserveConnection: async () => {} });
  const release = await hold();
  expect((await durin.health()).database).toMatchObject({
    reason: expect.stringContaining("the pool's only connection is busy") as string,
  });
  release();
});

test('the line of the outage names it too, and its end is noticed', async () => {
  const { durin, lines, hold } = await openApp(2);
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const look = () => durin.authenticate(token).then(() => 'let in', codeOf);
  const release = await hold();
  expect(await look()).toBe('STORE_UNAVAILABLE');
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000);
  expect(lines[0]).toMatch(
    /within 1000 ms: all 2 connections of the pool are busy or being opened, and \d calls? waits?$/,
  );
  release();
  await vi.waitFor(async () => expect(await look()).toBe('let in'), 5000);
  await vi.waitFor(async () => expect(await durin.health()).toMatchObject({ isHealthy: true }), 5000);
  expect(lines).toHaveLength(1);
});
