import type { Scheduler } from 'fast-check';
import { vi } from 'vitest';
import type { Scope, SessionCache } from '../../../src/cache/session-cache.ts';
import { createSharedStore, type SharedStore } from '../../../src/cache/shared-store.ts';
import { bucketOf, buckets, keyIn } from '../../../src/cache/trust/buckets.ts';
import type { LoadSession } from '../../../src/database/token-store.ts';
import { FakeDatabase, versionOf } from './cache-parts.ts';
import { ScheduledBus } from './scheduled-bus.ts';
import { type Reach, ScheduledStore, type ScheduledStoreOptions } from './scheduled-store.ts';

/** Tokens `a` and `b` are one user's, `a` and `c` of one client. */
export const owners = {
  a: { userId: 1, clientId: 1 },
  b: { userId: 1, clientId: 2 },
  c: { userId: 2, clientId: 1 },
} as const;
export type Selector = keyof typeof owners;
const selectors = Object.keys(owners) as Selector[];

const epochKeys = buckets.map((bucket) => keyIn(bucket, 'epoch', 'test'));

/** Each of these keys announces the change, once it is written: one of them for a scope, and all for a change of all. */
function announcing(scope: Scope): readonly string[] {
  const bucket = bucketOf(scope);
  return scope === 'all' ? epochKeys : [keyIn(bucket, 'fence', `test:${scope}`), keyIn(bucket, 'epoch', 'test')];
}

/** A change of rows, and which processes must have learnt of it. */
export interface Change {
  readonly by: Process;
  readonly scope: Scope;
  /** The version that each changed row has from then on. */
  readonly versions: ReadonlyMap<string, number>;
  hasReturned: boolean;
  /** What the store does not have yet of what announces it. */
  readonly unwritten: Set<string>;
  /** Whether the store shows it. */
  isFenced: boolean;
  /** Whether the store was reset to a state from before it, and no process has noticed yet. */
  isLost: boolean;
  /** The processes whose memory can no longer hold anything older. */
  readonly knownBy: Set<Process>;
}

/** One process, with its cache over the store and the database that all processes share. */
export interface Process extends Reach {
  readonly cache: SessionCache;
  readonly bus: ScheduledBus | null;
  readonly load: LoadSession;
}

export interface ProcessParts {
  readonly store: SharedStore;
  readonly bus: ScheduledBus;
  readonly now: () => number;
  readonly ttlMs: number;
}

export interface WorldOptions extends Pick<ScheduledStoreOptions, 'shardCount' | 'namesServers' | 'isAskedSingly'> {
  readonly scheduler: Scheduler;
  /** By how much each process's clock is ahead, in milliseconds. There is one process for each. */
  readonly skews: readonly number[];
  /** The ttl of each process, in milliseconds. */
  readonly ttls: readonly number[];
  readonly deadlineMs: number;
  readonly isLayered: boolean;
  /** Whether there is no store: a process that does not read its memory reads the database. */
  readonly isStoreless: boolean;
  readonly create: (parts: ProcessParts) => SessionCache;
}

/**
 * Processes, a store, a database, a bus and a clock. Everything happens one step at a time, in the order that the
 * scheduler chooses: a request arrives, a response arrives, a message arrives. The world also checks the rule that must
 * hold.
 */
export class FenceWorld {
  readonly processes: readonly Process[];
  readonly database = new FakeDatabase();
  readonly changes: Change[] = [];
  readonly store: ScheduledStore;
  readonly #options: WorldOptions;
  readonly #members: ScheduledBus[] = [];
  readonly #heads = new Map<string, number>();
  #setBacks = 0;
  #clock = 1_000_000_000;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.store = new ScheduledStore({ ...options, step: (label) => this.step(label), now: () => this.#clock });
    for (const selector of selectors) {
      this.database.add(selector, owners[selector]);
      this.#heads.set(selector, 1);
    }
    this.processes = options.skews.map((skew, index) => this.#start(`p${index}`, skew, options.ttls[index] ?? 0));
  }

  /** One step of the world: whatever follows it happens when the scheduler decides. */
  async step(label: string): Promise<void> {
    await this.#options.scheduler.schedule(Promise.resolve(), label);
  }

  /** @throws Error if the result is older than it may be */
  async find(process: Process, selector: Selector): Promise<void> {
    const setBacks = this.#setBacks;
    const announced = this.#leastOf(process, selector);
    const known = versionOf(process.cache.findInMemory(selector) ?? undefined);
    if (known !== null && known < announced)
      throw new Error(`stale: ${process.name} has version ${known} of ${selector}`);
    const found = await process.cache.find(selector, process.load);
    const isThere = this.database.rows.has(selector);
    if (found === null && isThere) throw new Error(`refused: ${process.name} does not find ${selector}`);
    const version = versionOf(found?.record);
    const least = setBacks === this.#setBacks ? announced : 1;
    if (version !== null && version < least)
      throw new Error(`stale: ${process.name} finds version ${version} of ${selector}, and ${least} was announced`);
  }

  /** Changes the rows that the scope concerns, and invalidates the cache. */
  async change(process: Process, scope: Scope, isDeletion: boolean): Promise<void> {
    await this.step(`${process.name} commits ${scope}`);
    const versions = new Map<string, number>();
    for (const selector of selectors.filter((candidate) => covers(scope, candidate))) {
      const version = (this.#heads.get(selector) ?? 0) + 1;
      this.#heads.set(selector, version);
      versions.set(selector, version);
      const row = this.database.rows.get(selector);
      if (isDeletion) this.database.rows.delete(selector);
      else if (row) row.version = version;
    }
    const change: Change = {
      by: process,
      scope,
      versions,
      hasReturned: false,
      unwritten: new Set(announcing(scope)),
      isFenced: this.#options.isStoreless,
      isLost: false,
      knownBy: new Set(),
    };
    this.changes.push(change);
    await process.cache.invalidate(scope);
    change.hasReturned = true;
    if (!change.isLost) change.knownBy.add(process);
  }

  pass(milliseconds: number): void {
    this.#clock += milliseconds;
    vi.advanceTimersByTime(milliseconds);
  }

  /**
   * Resets one server of the store to its snapshot, or all. Unless the store names its servers, a process that has not
   * noticed may use it until some process has.
   */
  restartFromSnapshot(number?: number): void {
    this.store.restartFromSnapshot(number);
    if (this.#options.namesServers) return;
    this.#setBacks += 1;
    for (const change of this.changes) {
      for (const key of announcing(change.scope)) change.unwritten.add(key);
      change.isFenced = false;
      change.isLost = true;
      change.knownBy.clear();
    }
  }

  /** Ends every fault, waits until every process has recovered, and then expects current data from all of them. */
  async healAndExpectTruth(): Promise<void> {
    if (this.#setBacks > 0) await this.#haveAllNotice();
    for (const process of this.processes) {
      process.isCutOff = false;
      process.isRefusedOnce = false;
      process.bus?.mend();
    }
    for (let round = 0; round < 10; round += 1) {
      this.pass(90);
      await drain(this.#options.scheduler);
    }
    for (const change of this.changes) for (const process of this.processes) this.#expectKnown(change, process);
    for (const selector of selectors) {
      const found = Promise.all(this.processes.map((process) => this.find(process, selector)));
      await drive(this.#options.scheduler, found);
    }
  }

  #expectKnown(change: Change, process: Process): void {
    change.hasReturned = true;
    change.isFenced = true;
    change.isLost = false;
    change.knownBy.add(process);
  }

  async #haveAllNotice(): Promise<void> {
    for (const process of this.processes) process.isCutOff = true;
    await drive(
      this.#options.scheduler,
      Promise.all(this.processes.map(({ cache }) => cache.invalidate('token:of nobody'))),
    );
  }

  /** The oldest version that this process may return. */
  #leastOf(process: Process, selector: string): number {
    const known = this.changes.filter((change) => {
      if (!change.hasReturned) return false;
      const isInStore = change.by === process ? !change.isLost : change.isFenced;
      const asksStore = process.bus === null || !process.bus.isConnected();
      return isInStore && (asksStore || change.knownBy.has(process));
    });
    return Math.max(1, ...known.map(({ versions }) => versions.get(selector) ?? 1));
  }

  #start(name: string, skew: number, ttlMs: number): Process {
    const { scheduler, deadlineMs, isLayered, create } = this.#options;
    const now = () => this.#clock + skew;
    const bus = new ScheduledBus(scheduler, this.#members, {
      /** A member that receives the message learns of the changes that it is about. */
      publishing: (message) => {
        const announced = this.changes.filter(
          ({ scope, isFenced }) => isFenced && (message.endsWith('|all') || message.endsWith(`|${scope}`)),
        );
        return (member) => {
          for (const change of announced) if (change.isFenced) this.#learnt(change, member);
        };
      },
      possibleLoss: (member) => {
        for (const change of this.changes) if (change.isFenced) this.#learnt(change, member);
      },
    });
    const process: { -readonly [K in keyof Process]: Process[K] } = {
      name,
      isCutOff: false,
      isRefusedOnce: false,
      bus: isLayered ? bus : null,
      cache: undefined as never, // set below, because its store needs the process
      load: async (selector) => {
        await this.step(`${name} reads the row of ${selector}`);
        const loaded = await this.database.load(selector);
        await this.step(`${name} gets the row of ${selector}`);
        return loaded;
      },
    };
    const store = this.#observed(createSharedStore(this.store.connect(process), deadlineMs));
    process.cache = create({ store, bus, now, ttlMs });
    return process;
  }

  #learnt(change: Change, member: ScheduledBus): void {
    const process = this.processes.find(({ bus }) => bus === member);
    if (process) change.knownBy.add(process);
  }

  /** Records which changes the store shows. */
  #observed(store: SharedStore): SharedStore {
    return {
      ...store,
      set: async (key, value, ttlMs) => {
        const before = this.changes.filter(({ scope }) => announcing(scope).includes(key));
        const setBacks = this.#setBacks;
        await store.set(key, value, ttlMs);
        if (this.#setBacks !== setBacks) return;
        for (const change of before) {
          if (change.isLost && !epochKeys.includes(key)) continue;
          change.unwritten.delete(key);
          if (change.scope === 'all' && change.unwritten.size > 0) continue;
          change.isFenced = true;
          change.isLost = false;
        }
      },
    };
  }
}

function covers(scope: Scope, selector: Selector): boolean {
  const { userId, clientId } = owners[selector];
  return ['all', `token:${selector}`, `user:${userId}`, `client:${clientId}`].includes(scope);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Takes steps until the work is done. The event loop turns between some of the steps, but not between all. */
export async function drive(scheduler: Scheduler, work: Promise<unknown>): Promise<void> {
  const progress = { isDone: false };
  const end = () => {
    progress.isDone = true;
  };
  work.then(end, end);
  for (let idle = 0, steps = 0; !progress.isDone; steps += 1) {
    if (scheduler.count() > 0) {
      await scheduler.waitOne();
      idle = 0;
    } else if ((idle += 1) > 20) throw new Error('stuck: the work waits for something that cannot happen');
    for (let tick = 0; tick < 30; tick += 1) await Promise.resolve(); // everything that follows from the step
    if (steps % 3 !== 0 || idle > 0) await turn();
  }
  await work;
}

/** Takes steps until there are none left. */
async function drain(scheduler: Scheduler): Promise<void> {
  for (let idle = 0; idle < 3; ) {
    if (scheduler.count() > 0) {
      idle = 0;
      await scheduler.waitOne();
    } else idle += 1;
    await turn();
  }
}
