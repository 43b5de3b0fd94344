import type { Scheduler } from 'fast-check';
import { vi } from 'vitest';
import type { Scope, SessionCache } from '../../../src/cache/session-cache.ts';
import { createSharedStore, type KeyValueStore, type SharedStore } from '../../../src/cache/shared-store.ts';
import type { LoadSession } from '../../../src/database/token-store.ts';
import { FakeDatabase, versionOf } from './cache-parts.ts';
import { ScheduledBus } from './scheduled-bus.ts';

/** Tokens `a` and `b` are one user's, `a` and `c` of one client. */
export const owners = {
  a: { userId: 1, clientId: 1 },
  b: { userId: 1, clientId: 2 },
  c: { userId: 2, clientId: 1 },
} as const;
export type Selector = keyof typeof owners;
const selectors = Object.keys(owners) as Selector[];

const allFence = 'durin:fence:test:all';

type StoredValues = Map<string, { readonly value: string; readonly until: number }>;

/** A change of rows, and which processes must have learnt of it. */
export interface Change {
  readonly by: Process;
  readonly scope: Scope;
  /** The version that each changed row has from then on. */
  readonly versions: ReadonlyMap<string, number>;
  hasReturned: boolean;
  /** Whether its fence is in the store. */
  isFenced: boolean;
  /** Whether the store was reset to a state from before it, and no process has noticed yet. */
  isLost: boolean;
  /** The processes whose memory can no longer hold anything older. */
  readonly knownBy: Set<Process>;
}

/** One process, with its cache over the store and the database that all processes share. */
export interface Process {
  readonly name: string;
  readonly cache: SessionCache;
  readonly bus: ScheduledBus | null;
  readonly load: LoadSession;
  isCutOff: boolean;
  /** Whether the store rejects the next write of this process. */
  isRefusedOnce: boolean;
}

export interface ProcessParts {
  readonly store: SharedStore;
  readonly bus: ScheduledBus;
  readonly now: () => number;
  readonly ttlMs: number;
}

export interface WorldOptions {
  readonly scheduler: Scheduler;
  /** By how much each process's clock is ahead, in milliseconds. There is one process for each. */
  readonly skews: readonly number[];
  /** The ttl of each process, in milliseconds. */
  readonly ttls: readonly number[];
  readonly deadlineMs: number;
  /** Whether the store has no `getMany`. */
  readonly isAskedSingly: boolean;
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
  readonly #options: WorldOptions;
  readonly #members: ScheduledBus[] = [];
  readonly #heads = new Map<string, number>();
  #values: StoredValues = new Map();
  #snapshot: StoredValues = new Map();
  #restarts = 0;
  #setBacks = 0;
  #clock = 1_000_000_000;

  constructor(options: WorldOptions) {
    this.#options = options;
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

  /** The store loses everything. */
  restartEmpty(): void {
    this.#values = new Map();
    this.#restarts += 1;
  }

  keepSnapshot(): void {
    this.#snapshot = new Map(this.#values);
  }

  /** Resets the store to the snapshot. A process that has not noticed may use it until some process has. */
  restartFromSnapshot(): void {
    this.#values = new Map(this.#snapshot);
    this.#restarts += 1;
    this.#setBacks += 1;
    for (const change of this.changes) {
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
    const store = this.#observed(createSharedStore(this.#connect(process), deadlineMs));
    process.cache = create({ store, bus, now, ttlMs });
    return process;
  }

  #learnt(change: Change, member: ScheduledBus): void {
    const process = this.processes.find(({ bus }) => bus === member);
    if (process) change.knownBy.add(process);
  }

  /** The store as this process reaches it, unless it is cut off. */
  #connect(process: Process): KeyValueStore {
    const ask = async <T>(what: string, work: () => T): Promise<T> => {
      const restarts = this.#restarts;
      await this.step(`${process.name} asks the store to ${what}`);
      if (process.isCutOff) throw new Error('the store is down');
      if (process.isRefusedOnce && what.startsWith('set')) {
        process.isRefusedOnce = false;
        throw new Error('the store is full');
      }
      // A single call may have waited until the store was back; of several calls some were lost.
      if (what.startsWith('get ') && restarts !== this.#restarts) throw new Error('the store was restarted');
      const answer = work();
      const restartsThen = this.#restarts;
      await this.step(`${process.name} gets the response to ${what}`);
      if (process.isCutOff || restartsThen !== this.#restarts) throw new Error('the store is down');
      return answer;
    };
    const read = (key: string) => {
      const known = this.#values.get(key);
      return known !== undefined && this.#clock < known.until ? known.value : undefined;
    };
    const single = {
      get: (key: string) => ask(`get ${key}`, () => read(key)),
      set: (key: string, value: string, ttl: number) =>
        ask(`set ${key}`, () => {
          this.#values.set(key, { value, until: this.#clock + ttl });
        }),
      delete: (key: string) => ask(`delete ${key}`, () => this.#values.delete(key)),
    };
    if (this.#options.isAskedSingly) return single;
    return { ...single, getMany: (keys) => ask(`getMany ${keys.length}`, () => keys.map(read)) };
  }

  /** Records which changes have their fence in the store. */
  #observed(store: SharedStore): SharedStore {
    return {
      ...store,
      set: async (key, value, ttlMs) => {
        const before = this.changes.filter(({ scope }) => [allFence, `durin:fence:test:${scope}`].includes(key));
        const setBacks = this.#setBacks;
        await store.set(key, value, ttlMs);
        if (this.#setBacks !== setBacks) return;
        for (const change of before) {
          if (change.isLost && key !== allFence) continue;
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
