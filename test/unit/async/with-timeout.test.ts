import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { withTimeout } from '../../../src/async/with-timeout.ts';
import { stall } from '../../support/bus/stall.ts';

const never = () => new Promise<never>(() => {});
const failing = () => {
  throw new Error('out of order');
};
const toUnavailable = (cause: Error) => new TypeError('unavailable', { cause });

test('work that ends in time decides the outcome', async () => {
  const options = { timeoutMs: 5000, service: 'Redis' };
  expect(await withTimeout(() => 'at once', options)).toBe('at once');
  expect(await withTimeout(async () => 'later', options)).toBe('later');
  await expect(withTimeout(failing, options)).rejects.toThrow('out of order');
});

test('work that takes longer fails, naming the service and the timeout', async () => {
  await expect(withTimeout(never, { timeoutMs: 1, service: 'Redis' })).rejects.toThrow(
    'Redis did not answer within 1 ms',
  );
});

test('toError replaces the timeout', async () => {
  const options = { timeoutMs: 1, service: 'Redis', toError: toUnavailable };
  await expect(withTimeout(never, options)).rejects.toThrow(TypeError);
});

/** A server in a thread of its own, which answers each message. */
const echo = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (message) => parentPort.postMessage(message));
`;

async function openEcho() {
  const worker = new Worker(echo, { eval: true });
  async function ask(): Promise<string> {
    const answered = once(worker, 'message');
    worker.postMessage('hello');
    const [answer] = (await answered) as [string];
    return answer;
  }
  await ask();
  return { ask, close: () => worker.terminate() };
}

test('an answer that arrived during a stall is read first', async () => {
  const { ask, close } = await openEcho();
  const answer = withTimeout(ask, { timeoutMs: 100, service: 'the echo' });
  stall(300);
  expect(await answer).toBe('hello');
  await close();
});

test('a question that was not sent before a stall is still answered', async () => {
  const { ask, close } = await openEcho();
  const askNextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve)).then(ask);
  const answer = withTimeout(askNextTurn, { timeoutMs: 100, service: 'the echo' });
  stall(300);
  expect(await answer).toBe('hello');
  await close();
});

test('a stall prolongs the wait by no more than itself', async () => {
  const startedAt = performance.now();
  const late = withTimeout(never, { timeoutMs: 100, service: 'Redis' });
  stall(300);
  await expect(late).rejects.toThrow('Redis did not answer within 100 ms');
  expect(performance.now() - startedAt).toBeGreaterThan(370);
});

test('work that ends as its time does is not given up as well', async () => {
  let gaveUp = 0;
  function toError(timeout: Error): Error {
    gaveUp += 1;
    return timeout;
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = withTimeout(() => promise, { timeoutMs: 4, service: 'Redis', toError });
  stall(20);
  resolve('done');
  expect(await answer).toBe('done');
  await new Promise((end) => void setTimeout(end, 20));
  expect(gaveUp).toBe(0);
});
