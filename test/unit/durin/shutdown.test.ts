import { expect, test } from 'vitest';
import { createShutdown } from '../../../src/durin/shutdown.ts';

const never = () => new Promise<never>(() => {});

/** A durin of parts that log what is done with them. */
function open(parts: { cache?: () => Promise<void>; lastUsed?: () => Promise<void> } = {}) {
  const log: string[] = [];
  async function logged(name: string, work = async () => {}): Promise<void> {
    log.push(name);
    await work();
  }
  const shutdown = createShutdown({
    streams: { close: () => void log.push('streams end') },
    cache: { close: () => logged('the cache closes', parts.cache) },
    lastUsed: {
      flush: () => logged('uses are written'),
      close: () => logged('the last uses are written', parts.lastUsed),
    },
    notices: { emitHourly: () => logged('keys are looked at') },
    stops: [() => void log.push('it stops')],
  });
  return { ...shutdown, log };
}

test('it ends streams first, and then what takes time', async () => {
  const { close, log } = open();
  await close();
  expect(log).toEqual(['streams end', 'the last uses are written', 'the cache closes', 'it stops']);
});

test('it closes once, however often it is called', async () => {
  const { close, log } = open();
  await Promise.all([close(), close()]);
  await close();
  expect(log.filter((line) => line === 'the cache closes')).toHaveLength(1);
});

test.each([
  ['the cache', { cache: never }],
  ['the database', { lastUsed: never }],
  ['both', { cache: never, lastUsed: never }],
])('it takes less than a second if %s never answers', async (_what, parts) => {
  const startedAt = performance.now();
  await open(parts).close();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('a cache that cannot be closed is reported, and the rest stops', async () => {
  const { close, log } = open({ cache: () => Promise.reject(new Error('out of order')) });
  await expect(close()).rejects.toThrow('out of order');
  expect(log).toContain('it stops');
});

test('a flush writes uses and looks at keys, until it is closed', async () => {
  const { flush, close, log } = open();
  await flush();
  expect(log).toEqual(['uses are written', 'keys are looked at']);
  await close();
  log.length = 0;
  await flush();
  expect(log).toEqual([]);
});
