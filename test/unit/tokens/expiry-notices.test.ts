import { expect, test } from 'vitest';
import { createExpiryNotices } from '../../../src/tokens/keys/expiry-notices.ts';

const timedOut = new Error('timed out');

function createNotices() {
  let claims = 0;
  const notices = createExpiryNotices({
    keyStore: {
      async claimExpiring() {
        claims += 1;
        return [];
      },
    },
    keyClients: { names: ['api'], rulesOf: () => null },
    events: { emit() {} },
    bounded: () => Promise.reject(timedOut),
    now: () => 0,
  });
  return { notices, claims: () => claims };
}

test('the look at all keys of a purge has no timeout', async () => {
  const { notices, claims } = createNotices();
  await notices.emitAll();
  expect(claims()).toBe(1);
});

test('the hourly look has one, and is repeated after it', async () => {
  const { notices } = createNotices();
  await expect(notices.emitHourly()).rejects.toBe(timedOut);
  await expect(notices.emitHourly()).rejects.toBe(timedOut);
});
