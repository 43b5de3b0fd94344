import { expect, test } from 'vitest';
import { createCounters } from '../../../src/throttle/create-counters.ts';
import { createLoginThrottle } from '../../../src/throttle/login-throttle.ts';
import { type Caller, createThrottle } from '../../../src/throttle/throttle.ts';
import { createClock } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

/** More keys than a counter holds. */
const flood = 100_100;

const perDay = (limit: number) => ({ limit, windowSeconds: 86_400 });
const originOf = (ipAddress: string) => ({ ipAddress, userAgent: null, connection: 'open' }) as const;

const settled = (work: Promise<unknown>) => work.then(() => 'passed', codeOf);

function open() {
  const counters = createCounters({ redis: null, prefix: '', now: createClock() });
  const throttle = createThrottle({ counters, events: { emit: () => {} }, warnOfUnknownAddress: () => {} });
  const logins = createLoginThrottle({
    counter: counters.logins,
    knownNetworks: counters.knownNetworks,
    throttle,
    quotas: {
      perUser: perDay(3),
      perAddress: perDay(100),
      perAccount: null,
      unknownAddress: null,
      successes: null,
    },
    fairQueue: null,
    isInTransaction: () => false,
  });
  return {
    /** A login with a wrong password. */
    guess: (userName: string, ipAddress: string) =>
      settled(
        logins.run(
          {
            userNames: [userName],
            typedName: userName,
            hasClient: true,
            origin: originOf(ipAddress),
            onLimit: () => {},
          },
          async () => false,
          () => 'wrong-guess',
        ),
      ),
    call: (caller: Caller) => settled(throttle.enforce({ scope: 'sms', quota: perDay(3) }, caller, () => {})),
  };
}

const client = { id: 1, name: 'web', tokenTtl: null, throttleRate: null };
const alice: Caller = { session: { id: '1', userId: 1, client }, origin: originOf('192.0.2.1') };
const anonymous = (index: number): Caller => ({
  session: null,
  origin: originOf(`198.${index >> 16}.${(index >> 8) & 255}.${index & 255}`),
});

test('junk logins from one address reset no limits of others', async () => {
  const { call, guess } = open();
  for (let times = 0; times < 3; times += 1)
    expect([await call(alice), await guess('alice', '192.0.2.1')]).toEqual(['passed', 'passed']);
  const outcomes = new Map<string | null, number>();
  for (let index = 0; index < flood; index += 1) {
    const outcome = await guess(`made up ${index}`, '192.0.2.9');
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes]).toEqual([
    ['passed', 100],
    ['THROTTLED', flood - 100],
  ]);
  expect([await call(alice), await guess('alice', '192.0.2.1')]).toEqual(['THROTTLED', 'THROTTLED']);
});

test('anonymous calls from many addresses reset no sessions or logins', async () => {
  const { call, guess } = open();
  for (let times = 0; times < 3; times += 1)
    expect([await call(alice), await guess('alice', '192.0.2.1')]).toEqual(['passed', 'passed']);
  for (let index = 0; index < flood; index += 1) await call(anonymous(index));
  expect([await call(alice), await guess('alice', '192.0.2.1')]).toEqual(['THROTTLED', 'THROTTLED']);
});
