import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createMemoryKnownNetworks } from '../../../src/throttle/known-networks.ts';
import { createLoginThrottle } from '../../../src/throttle/login-throttle.ts';
import { createMemoryRateCounter } from '../../../src/throttle/memory-rate-counter.ts';
import { createThrottle } from '../../../src/throttle/throttle.ts';
import { createClock } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

vi.mock(import('lru-cache'), async (importOriginal) => {
  const { withSmallCaches } = await import('../../support/cache/small-lru-cache.ts');
  return withSmallCaches(importOriginal);
});

type Outcome = 'right' | 'wrong' | 'broken';

const origin = { ipAddress: '192.0.2.1', userAgent: null, connection: 'open' } as const;
const broken = new Error('the check itself failed');

/** A throttle that lets `limit` logins of a user fail in a minute, and how often it asks its counter. */
function createGate(limit: number) {
  const clock = createClock();
  const counter = createMemoryRateCounter(clock);
  let reservations = 0;
  const counted = {
    ...counter,
    reserve: (...call: Parameters<typeof counter.reserve>) => {
      reservations += 1;
      return counter.reserve(...call);
    },
  };
  const throttle = createLoginThrottle({
    counter: counted,
    knownNetworks: createMemoryKnownNetworks(clock),
    throttle: createThrottle({
      counters: { sessions: counted, anonymous: counted },
      events: { emit: () => {} },
      warnOfUnknownAddress: () => {},
    }),
    quotas: {
      perUser: { limit, windowSeconds: 60 },
      perAddress: { limit: 1000, windowSeconds: 60 },
      perAccount: null,
      unknownAddress: null,
      successes: null,
    },
    fairQueue: null,
    isInTransaction: () => false,
  });
  async function attempt(outcome: Outcome, turns = 1): Promise<Outcome | 'THROTTLED'> {
    const verify = async () => {
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      if (outcome === 'broken') throw broken;
      return outcome;
    };
    try {
      return await throttle.run(
        { userNames: ['alice'], typedName: 'alice', hasClient: true, origin, onLimit: () => {} },
        verify,
        (result) => (result === 'wrong' ? 'wrong-guess' : 'accepted'),
      );
    } catch (error) {
      if (error === broken) return 'broken';
      expect(codeOf(error)).toBe('THROTTLED');
      return 'THROTTLED';
    }
  }
  return { clock, attempt, reservations: () => reservations };
}

test.each([1, 10])('ten thousand concurrent right passwords all get in, %i at a time', async (limit) => {
  const { attempt, reservations } = createGate(limit);
  const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => attempt('right', 3)));
  expect(new Set(outcomes)).toEqual(new Set(['right']));
  expect(reservations()).toBeLessThan(100_000);
});

test('of ten thousand concurrent guesses only the quota is verified', async () => {
  const { attempt, reservations } = createGate(10);
  const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => attempt('wrong', 3)));
  expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'THROTTLED')).toHaveLength(9990);
  expect(reservations()).toBeLessThan(100_000);
});

test('attempts in any order all settle, and no more than the quota fail', async () => {
  const attempts = fc.array(fc.tuple(fc.constantFrom<Outcome>('right', 'wrong', 'broken'), fc.nat(5)), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), attempts, async (limit, all) => {
      const { attempt } = createGate(limit);
      const outcomes = await Promise.all(all.map(([outcome, turns]) => attempt(outcome, turns)));
      const wrong = outcomes.filter((outcome) => outcome === 'wrong').length;
      expect(wrong).toBeLessThanOrEqual(limit);
      const answered = outcomes.filter((outcome, index) => outcome === all[index]?.[0]);
      expect(answered.length === outcomes.length || wrong === limit).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a refused user can try again when the window is over', async () => {
  const { attempt, clock } = createGate(1);
  expect(await attempt('wrong')).toBe('wrong');
  expect(await attempt('right')).toBe('THROTTLED');
  clock.advance(60);
  expect(await attempt('right')).toBe('right');
});
