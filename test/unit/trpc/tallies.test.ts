import { expect, test } from 'vitest';
import type { SessionRecord } from '../../../src/session.ts';
import type { Call } from '../../../src/trpc/base-procedure.ts';
import { GuardedCall } from '../../../src/trpc/guarded-call.ts';
import { Tallies } from '../../../src/trpc/tallies.ts';

/** What tRPC passes to each guard of a call. */
const createCall = () => ({ getRawInput: async () => undefined }) as Call;
const keysOf = (calls: readonly Call[]) => calls.map(({ getRawInput }) => getRawInput);

test('the other guards of a call find its tally, and those of no other call', () => {
  const tallies = new Tallies();
  const [one, two, three] = [createCall(), createCall(), createCall()];
  const first = tallies.open(one.getRawInput);
  const second = tallies.open(two.getRawInput);
  expect(first).not.toBe(second);
  expect(tallies.find({ ...one }.getRawInput)).toBe(first);
  expect(tallies.find(two.getRawInput)).toBe(second);
  expect(tallies.find(three.getRawInput)).toBe(null);
});

test('a tally is forgotten once its call has a result, in any order', () => {
  const tallies = new Tallies();
  const keys = keysOf([createCall(), createCall(), createCall()]);
  const [one, two, three] = keys as [Call['getRawInput'], Call['getRawInput'], Call['getRawInput']];
  tallies.open(one);
  const second = tallies.open(two);
  tallies.close(one);
  const third = tallies.open(three);
  expect(keys.map((key) => tallies.find(key))).toEqual([null, second, third]);
  tallies.close(two);
  tallies.close(three);
  expect(keys.map((key) => tallies.find(key))).toEqual([null, null, null]);
});

test('only the guard that has opened a tally forgets it', () => {
  const tallies = new Tallies();
  const call = createCall();
  const tally = tallies.open(call.getRawInput);
  const guardedBy = (opener: Tallies | null) => new GuardedCall(call, opener, {} as SessionRecord, 0, () => null);
  guardedBy(null).onResult();
  expect(tallies.find(call.getRawInput)).toBe(tally);
  guardedBy(tallies).onResult();
  expect(tallies.find(call.getRawInput)).toBe(null);
});
