import { expect, test } from 'vitest';
import type { SessionRecord } from '../../../src/session.ts';
import type { Call } from '../../../src/trpc/base-procedure.ts';
import { GuardedCall, GuardedCalls } from '../../../src/trpc/guarded-call.ts';

/** What tRPC passes to each guard of a call. */
const createCall = () => ({ getRawInput: async () => undefined }) as Call;

function letIn(calls: GuardedCalls, call: Call): GuardedCall {
  return new GuardedCall(call, calls, {} as SessionRecord, 0, () => null);
}

test('a call is found by its other guards, and by those of no other call', () => {
  const calls = new GuardedCalls();
  const [one, two, three] = [createCall(), createCall(), createCall()];
  const first = calls.add(letIn(calls, one));
  const second = calls.add(letIn(calls, two));
  expect(calls.find({ ...one }.getRawInput)).toBe(first);
  expect(calls.find(two.getRawInput)).toBe(second);
  expect(calls.find(three.getRawInput)).toBe(null);
});

test('a call with a result is forgotten, in any order', () => {
  const calls = new GuardedCalls();
  const [one, two, three] = [createCall(), createCall(), createCall()];
  const first = calls.add(letIn(calls, one));
  const second = calls.add(letIn(calls, two));
  first.onResult();
  const third = calls.add(letIn(calls, three));
  expect([one, two, three].map(({ getRawInput }) => calls.find(getRawInput))).toEqual([null, second, third]);
  second.onResult();
  third.onResult();
  expect([one, two, three].map(({ getRawInput }) => calls.find(getRawInput))).toEqual([null, null, null]);
});

test('only the first guard of a call forgets it', () => {
  const calls = new GuardedCalls();
  const [one, two] = [createCall(), createCall()];
  const known = [calls.add(letIn(calls, one)), calls.add(letIn(calls, two))];
  for (const call of [one, two]) letIn(calls, call).onResult();
  expect([one, two].map(({ getRawInput }) => calls.find(getRawInput))).toEqual(known);
});
