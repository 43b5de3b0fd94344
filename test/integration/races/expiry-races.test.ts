import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requiredOptions } from '../../support/app.ts';
import {
  atOnce,
  codeOf,
  expectTrueLives,
  hold,
  recordEvents,
  settle,
  untilBlocked,
  useArena,
} from '../../support/arena.ts';

const arena = useArena();

const day = 86_400;

/** The same app in another process with its own clock. */
function otherProcess(now: () => number) {
  const durin = createDurin({ ...requiredOptions(arena.orm), now });
  return { durin, events: recordEvents(durin.events) };
}

test('fifty requests with an expired token emit one event', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  contest.clock.advance(day);
  const { values, codes } = await settle(atOnce(50, () => contest.callAs({ token }).me()));
  expect(values).toEqual([]);
  expect(Object.keys(codes).toSorted().join()).toMatch(/^(?:INVALID_TOKEN,)?TOKEN_EXPIRED$/); // INVALID_TOKEN if the row is already gone
  expect(contest.events.count('tokenExpired')).toBe(1);
  expect(await contest.rows()).toEqual([]);
  await expectTrueLives(contest);
});

test('fifty calls of one request all get TOKEN_EXPIRED', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  contest.clock.advance(day);
  const request = contest.callAs({ token });
  expect(await settle(atOnce(50, () => request.me()))).toEqual({ values: [], codes: { TOKEN_EXPIRED: 50 } });
  expect(contest.events.count('tokenExpired')).toBe(1);
});

test('a token renewed before its removal as expired stays valid', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const [row] = await contest.rows();
  contest.clock.advance(day - 1);
  const ahead = otherProcess(() => contest.clock() + 1000);
  const renewal = await hold(arena.orm, () => contest.durin.tokens.renew(row?.id ?? ''));
  const presented = ahead.durin.authenticate(token);
  await untilBlocked(arena.orm);
  await renewal.commit();
  expect(await presented).toMatchObject({ id: row?.id, expiry: new Date(contest.clock() + day * 1000) });
  expect(ahead.events.all).toEqual([]);
  await expectTrueLives(contest);
});

test("a renewal that waits for the expired token's removal is refused", async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const [row] = await contest.rows();
  contest.clock.advance(day - 1);
  const ahead = otherProcess(() => contest.clock() + 1000);
  const removal = await hold(arena.orm, () => ahead.durin.authenticate(token).catch(codeOf));
  expect(removal.value).toBe('TOKEN_EXPIRED');
  const renewal = contest.durin.tokens.renew(row?.id ?? '').catch(codeOf);
  await untilBlocked(arena.orm);
  await removal.commit();
  expect(await renewal).toBe('SESSION_NOT_FOUND');
  expect(ahead.events.of('tokenExpired')).toMatchObject([{ tokenId: row?.id }]);
});

test('at the instant of expiry a token is renewed or removed, not both', async () => {
  const contest = await arena.enter();
  const ahead = otherProcess(() => contest.clock() + 1);
  let renewals = 0;
  for (let round = 0; round < 150; round += 1) {
    const { token } = await contest.login();
    const [row] = await contest.rows();
    contest.clock.advance(day - 0.001);
    const [presented, renewed] = await Promise.all([
      settle(atOnce(2, () => ahead.durin.authenticate(token))),
      settle([contest.durin.tokens.renew(row?.id ?? '')]),
    ]);
    const isAlive = renewed.values.length === 1;
    expect(renewed.codes).toEqual(isAlive ? {} : { SESSION_NOT_FOUND: 1 });
    expect(await contest.rows()).toHaveLength(isAlive ? 1 : 0);
    expect(presented.values).toHaveLength(isAlive ? 2 : 0);
    renewals += renewed.values.length;
    contest.clock.advance(day);
    if (isAlive) await contest.durin.authenticate(token).catch(codeOf);
  }
  expect(ahead.events.count('tokenExpired')).toBe(150 - renewals);
});

test('concurrent purges remove each expired token exactly once', async () => {
  const contest = await arena.enter();
  const others = await arena.addUsers(2000);
  await Promise.all(others.map((user) => contest.durin.tokens.issue({ user, client: 'web', ttl: '1h' })));
  await contest.login('cli');
  await contest.login('web');
  contest.clock.advance(3600);
  const processes = atOnce(4, async () => otherProcess(contest.clock));
  const purging = await Promise.all(processes);
  const counts = await Promise.all(purging.map(({ durin }) => durin.tokens.purgeExpired({ batchSize: 50 })));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  const expiredIds = purging.flatMap(({ events }) => events.of('tokenExpired').map(({ tokenId }) => tokenId));
  expect(expiredIds).toHaveLength(2000);
  expect(new Set(expiredIds).size).toBe(2000);
  expect((await contest.rows()).map(({ client }) => client).toSorted()).toEqual(['cli', 'web']);
});
