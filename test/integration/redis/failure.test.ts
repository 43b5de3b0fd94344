import { setTimeout as wait } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type AppProcess,
  addCallers,
  type Caller,
  type StoreKind,
  startProcess,
  startUncachedProcess,
  stores,
  underLoad,
  usesCache,
} from '../../support/cache/app-processes.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { entities } from '../../support/entities.ts';
import { type NetworkPath, openNetworkPath } from '../../support/servers/network-path.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { testLength } from '../../support/test-length.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();
let orm: MikroORM;
beforeAll(async () => {
  orm = await openDatabase({ entities, pool: { min: 0, max: 20 } });
});
afterAll(() => closeDatabase(orm));

/**
 * A look-up may wait for the store's timeout of 100 ms. A change may wait for the timeouts of its own look-up, of its
 * fence and of its message. Both need the database besides. The slowest look-up of a process without a cache, at the same
 * time, shows how long that takes: a look-up may take twice as long, and a change is a few statements. The rest is a margin.
 */
const lookUpBoundMs = (uncachedMs: number) => 100 + 2 * uncachedMs + 400;
const changeBoundMs = (uncachedMs: number) => 100 + 100 + 250 + 4 * uncachedMs + 400;

/** After this long without an echo, a bus counts as disconnected. */
const busSilenceMs = 1000;

let redis: RedisServer;
let path: NetworkPath;
beforeEach(async () => {
  redis = await startRedis();
  path = await openNetworkPath(redis.url);
});
afterEach(async () => {
  await path.close();
  await redis.stop();
});

const kinds = Object.keys(stores) as StoreKind[];
/** At full length each kind with and without a bus, and otherwise each kind once. */
const settings = kinds
  .flatMap((kind) => [false, true].map((hasBus) => ({ kind, hasBus })))
  .filter(({ kind, hasBus }) => testLength === 'full' || hasBus === (kinds.indexOf(kind) % 2 === 1));
const ways = { killed: () => redis.kill(), frozen: async () => redis.pause() };
const waysBack = { killed: () => redis.restart(), frozen: async () => redis.resume() };
const isWay = (way: string): way is keyof typeof ways => way in ways;

describe.each(settings)('with $kind, and a bus: $hasBus', ({ kind, hasBus }) => {
  let one: AppProcess;
  let other: AppProcess;
  let uncached: AppProcess;
  let processes: AppProcess[] = [];
  let callers: Caller[];
  let watched: Caller[];
  /** @param url the URL at which the first process reaches Redis */
  async function start(url = redis.url): Promise<void> {
    one = startProcess(orm, { url, kind, hasBus });
    other = startProcess(orm, { url: redis.url, kind, hasBus });
    processes = [one, other];
    uncached = startUncachedProcess(orm);
    [callers, watched] = [await addCallers(orm, one, 12), await addCallers(orm, one, 2)];
  }
  afterEach(async () => {
    await Promise.all([...processes.splice(0), uncached].map(({ durin }) => durin.close()));
  });

  const take = () => callers.pop() as Caller;
  async function answersTo(asking: readonly Caller[]): Promise<string[]> {
    return Promise.all(processes.flatMap((process) => asking.map(({ token }) => process.me(token))));
  }
  async function expectAccepted(accepted: readonly Caller[]): Promise<void> {
    expect(await answersTo(accepted)).toEqual(processes.flatMap(() => accepted.map(({ username }) => username)));
  }
  async function expectRefused(refused: readonly Caller[]): Promise<void> {
    expect(await answersTo(refused)).toEqual(processes.flatMap(() => refused.map(() => 'INVALID_TOKEN')));
  }
  /** What accepts these sessions still in calls that begin later than this; how long calls take is measured elsewhere. */
  async function acceptedAfter(ms: number, ended: readonly Caller[]): Promise<string[]> {
    const until = performance.now() + ms;
    for (;;) {
      const isLate = performance.now() > until;
      const accepted = (await answersTo(ended)).filter((answer) => answer !== 'INVALID_TOKEN');
      if (isLate || accepted.length === 0) return accepted;
      await wait(50);
    }
  }
  /** Ends sessions in several ways, in both processes, and returns how long the slowest took. */
  async function endSome(): Promise<{ ended: Caller[]; tookMs: number }> {
    const [out, everywhere, revoked, forgotten] = [take(), take(), take(), take()];
    const changes = [
      () => one.callAs(out.token).auth.logout(),
      () => other.callAs(everywhere.token).auth.logoutAll(),
      () => one.durin.tokens.revokeAll({ user: revoked.id }),
      () => other.durin.tokens.revokeAll({ user: forgotten.id }),
    ];
    const times = changes.map(async (change) => {
      const startedAt = performance.now();
      await change();
      return performance.now() - startedAt;
    });
    return { ended: [out, everywhere, revoked, forgotten], tookMs: Math.max(...(await Promise.all(times))) };
  }
  async function expectRecovery(): Promise<void> {
    for (const [index, process] of processes.entries())
      await vi.waitFor(async () => expect(await usesCache(orm, process, watched[index] as Caller)).toBe(true), {
        timeout: 8000,
        interval: 100,
      });
  }

  test.each(['killed', 'frozen'])('%s under load, it causes no wrong answer, and recovers', async (way) => {
    if (!isWay(way)) throw new Error(way);
    await start();
    await expectRecovery();
    await expectAccepted(callers);
    const staying = callers.slice(0, 8);
    const load = underLoad(processes, staying);
    const control = underLoad([uncached], staying);
    await load.until((answers) => answers.length > 100);
    await ways[way]();
    const downAt = performance.now();
    const { ended, tookMs } = await endSome();
    // With a bus, a process may serve its memory until it notices that the bus is silent.
    expect(await acceptedAfter(busSilenceMs + 500 + control.slowestMs(), ended)).toEqual([]);
    await load.until((answers) => answers.some(({ startedAt }) => startedAt > downAt + 500));
    await waysBack[way]();
    await expectRefused(ended);
    await expectRecovery();
    await expectRefused(ended);
    const answers = await load.stop();
    await control.stop();
    expect(answers.filter(({ answer, caller }) => answer !== caller.username)).toEqual([]);
    const [slowest, uncachedMs] = [load.slowestMs(), control.slowestMs()];
    console.log(
      `${kind}, bus ${hasBus}, ${way}: ${answers.length} answers, the slowest after ${slowest.toFixed(0)} ms, without a cache after ${uncachedMs.toFixed(0)} ms, changes after ${tookMs.toFixed(0)} ms`,
    );
    expect(slowest).toBeLessThan(lookUpBoundMs(uncachedMs));
    expect(tookMs).toBeLessThan(changeBoundMs(uncachedMs));
    callers = staying;
  });

  test('away at the start, it is used as soon as it is there', async () => {
    await redis.kill();
    await start();
    const control = underLoad([uncached], watched);
    let slowest = 0;
    for (const process of processes)
      for (const { token, username } of callers.slice(0, 3)) {
        const { answer, tookMs } = await process.ask(token);
        expect(answer).toBe(username);
        slowest = Math.max(slowest, tookMs);
      }
    const { ended, tookMs } = await endSome();
    await control.stop();
    expect(slowest).toBeLessThan(lookUpBoundMs(control.slowestMs()));
    expect(tookMs).toBeLessThan(changeBoundMs(control.slowestMs()));
    await expectRefused(ended);
    await redis.restart();
    await expectRecovery();
    await expectRefused(ended);
    await expectAccepted(callers);
  });

  test('slow, within the timeout or beyond, it causes no wrong answer', async () => {
    await start(path.url);
    await expectRecovery();
    for (const delayMs of [20, 150]) {
      path.delayMs = delayMs;
      await expectAccepted(callers.slice(0, 2));
      const { ended } = await endSome();
      await expectRefused(ended);
    }
    path.delayMs = 0;
    await expectRecovery();
    expect(await answersTo(callers)).not.toContain('INVALID_TOKEN');
    await expectAccepted(callers);
  });

  test('a revocation that could not be stored is stored later', async () => {
    await start(path.url);
    await expectRecovery();
    await expectAccepted(callers);
    const ended = take();
    path.cut();
    await one.callAs(ended.token).auth.logout();
    expect(await one.me(ended.token)).toBe('INVALID_TOKEN');
    path.mend();
    const startedAt = performance.now();
    await vi.waitFor(async () => expect(await other.me(ended.token)).toBe('INVALID_TOKEN'), 10_000);
    console.log(`${kind}, bus ${hasBus}: heard ${(performance.now() - startedAt).toFixed(0)} ms after the cut`);
    await expectAccepted(callers);
    await expectRecovery();
    await expectRefused([ended]);
  });

  test('restarted from a snapshot, it brings back no session', async () => {
    await start();
    await expectRecovery();
    await expectAccepted(callers); // so that the store holds their sessions
    await redis.saveSnapshot();
    const { ended } = await endSome();
    await redis.restartFromSnapshot();
    await expectRefused(ended);
    await expectAccepted(callers);
    await expectRecovery();
    expect(new Set(await answersTo(ended))).toEqual(new Set(['INVALID_TOKEN']));
  });
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
