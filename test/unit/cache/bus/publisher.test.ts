import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recoveryFence } from '../../../../src/cache/bus/messages.ts';
import { createPublisher } from '../../../../src/cache/bus/publisher.ts';
import { createClock } from '../../../support/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const accept = () => Promise.resolve();
const refuse = () => Promise.reject(new Error('not connected'));

/** A publisher over a bus whose messages a test answers. */
function open() {
  const sent: string[] = [];
  let answer: () => Promise<void> = accept;
  const bus = {
    publish(message: string) {
      sent.push(message);
      return answer();
    },
  };
  const clock = createClock();
  const publisher = createPublisher({ bus, namespace: 'app', now: clock });
  return {
    ...publisher,
    clock,
    sent,
    answerWith(next: () => Promise<void>) {
      answer = next;
    },
  };
}

test('a message that could not be sent is sent a moment later', async () => {
  const { publish, sent, answerWith } = open();
  answerWith(refuse);
  await publish('token:a', null);
  answerWith(accept);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toEqual(['app||token:a', 'app||token:a']);
});

test('of a flood, a thousand messages are sent, and then one about all', async () => {
  const { publish, sent, answerWith } = open();
  const answered = Promise.withResolvers<void>();
  answerWith(() => answered.promise);
  const publishing = Array.from({ length: 5000 }, (_, index) => publish(`token:${index}`, null));
  answered.resolve();
  await Promise.all(publishing);
  expect(sent).toHaveLength(1000);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.slice(1000)).toEqual(['app||all']);
});

const recovery = recoveryFence('fence 2');

test.each([
  ['after a change of everything is a change', ['fence 1', recovery], 'app|fence 2|all'],
  ['before a change of everything is a change', [recovery, 'fence 3'], 'app|fence 3|all'],
  ['after another recovery changes nothing', [recoveryFence('fence 1'), recovery], `app|${recovery}|all`],
  ['after a change of an unknown fence is that change', [null, recovery], 'app||all'],
] as const)('a recovery %s', async (_which, fences, expected) => {
  const { publish, sent, answerWith, clock } = open();
  answerWith(refuse);
  for (const fence of fences) {
    await publish('all', fence);
    clock.advance(1);
  }
  answerWith(accept);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.slice(fences.length)).toEqual([expected]);
});
