import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createEvenTime } from '../../../src/async/even-time.ts';

const always = () => true;

test('short work is stretched to the longest before it', async () => {
  const time = createEvenTime();
  await (await time.run(() => wait(30), always)).over;
  const startedAt = performance.now();
  const { over } = await time.run(async () => {}, always);
  expect(performance.now() - startedAt).toBeLessThan(25);
  await over;
  expect(performance.now() - startedAt).toBeGreaterThan(25);
});

test('a result that is not hidden is returned at once and not counted', async () => {
  const time = createEvenTime();
  await (
    await time.run(
      () => wait(30),
      () => false,
    )
  ).over;
  const startedAt = performance.now();
  await (await time.run(async () => {}, always)).over;
  expect(performance.now() - startedAt).toBeLessThan(25);
});

test('work that fails throws its error', async () => {
  const failed = createEvenTime().run(() => Promise.reject(new Error('failed')), always);
  await expect(failed).rejects.toThrow('failed');
});
