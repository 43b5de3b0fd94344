import { expect, test } from 'vitest';
import { buckets } from '../../../src/cache/trust/buckets.ts';
import { createKnownServers } from '../../../src/cache/trust/known-servers.ts';
import { createClock } from '../../support/clock.ts';

const [bucket = '04s'] = buckets;

/** A store whose answers the test gives, in the order of the questions. */
function open() {
  const clock = createClock();
  const answers: PromiseWithResolvers<readonly string[]>[] = [];
  const servers = createKnownServers({
    askStore() {
      const answer = Promise.withResolvers<readonly string[]>();
      answers.push(answer);
      return answer.promise;
    },
    maxAgeMs: 1000,
    now: clock,
  });
  const answer = async (name: string) => {
    answers.at(-1)?.resolve(buckets.map(() => name));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, servers, answers, answer };
}

test('questions at one time share the answer', async () => {
  const { servers, answers, answer } = open();
  const both = Promise.all([servers.ask(), servers.ask()]);
  await answer('first');
  expect((await both).map((serverOf) => serverOf(bucket))).toEqual(['first', 'first']);
  expect(answers).toHaveLength(1);
});

test('an answer from before a connection changed is asked for again', async () => {
  const { servers, answer } = open();
  const asked = servers.ask();
  servers.forget();
  await answer('of the earlier connection');
  expect(servers.current()).toBeNull();
  await answer('of the new connection');
  expect((await asked)(bucket)).toBe('of the new connection');
});

test('an answer is good for a second, and asked for again before', async () => {
  const { clock, servers, answers, answer } = open();
  const asked = servers.ask();
  await answer('first');
  await asked;
  clock.advance(0.499);
  expect(servers.current()?.(bucket)).toBe('first');
  expect(answers).toHaveLength(1);
  clock.advance(0.5);
  expect(servers.current()?.(bucket)).toBe('first');
  expect(answers).toHaveLength(2);
  clock.advance(0.001);
  expect(servers.current()).toBeNull();
  await answer('second');
  expect(servers.current()?.(bucket)).toBe('second');
});

test('a question that fails is asked again when its answer is needed', async () => {
  const { servers, answers, answer } = open();
  const failing = servers.ask();
  answers[0]?.reject(new Error('the store is down'));
  await expect(failing).rejects.toThrow('the store is down');
  const asked = servers.ask();
  await answer('back');
  expect((await asked)(bucket)).toBe('back');
});
