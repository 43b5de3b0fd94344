import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/password.ts';

test('a password matches its own hash and no other', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(hash, 'correct horse')).toBe(true);
  expect(await verifyPassword(hash, 'correct horse ')).toBe(false);
});

test('the same password hashed twice has two hashes', async () => {
  expect(await hashPassword('a')).not.toBe(await hashPassword('a'));
});

test('a long password is not truncated', async () => {
  const long = 'é'.repeat(2000);
  const hash = await hashPassword(`${long}a`);
  expect(await verifyPassword(hash, `${long}a`)).toBe(true);
  expect(await verifyPassword(hash, `${long}b`)).toBe(false);
});

test.each([undefined, null, '', '!', '$argon2id$broken', 'pbkdf2_sha256$600000$salt$hash'])(
  'the hash %j matches no password',
  async (hash) => {
    expect(await verifyPassword(hash, '')).toBe(false);
  },
);

test('a missing hash costs as much as a real one', async () => {
  const hash = await hashPassword('a');
  await costOf(hash); // warms up
  const ratio = (await costOf(undefined)) / (await costOf(hash));
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});

/** The CPU time of ten checks, in microseconds. */
async function costOf(hash: string | undefined): Promise<number> {
  const startedAt = process.cpuUsage();
  for (let run = 0; run < 10; run += 1) await verifyPassword(hash, 'b');
  const { user, system } = process.cpuUsage(startedAt);
  return user + system;
}
