import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { actAs, createTestDurin } from 'trpc-durin/testing';
import { durin, orm } from './auth.ts';
import { appRouter } from './router.ts';

after(async () => {
  await durin.close();
  await orm.close();
});

// What an app exports for its tests must have a type that its declarations can name, too.
export const alice = actAs(durin, { id: 1, username: 'alice', team: { id: 1, name: 'Blue' } }, { client: 'web' });
export const openKit = () => createTestDurin();

void test('a user acts without a database', async () => {
  const caller = alice.caller(appRouter, { startedAt: new Date() });
  assert.equal(await caller.publish(), 'web');
  assert.equal((await caller.report()).team, 'Blue');
});
