import { setTimeout as wait } from 'node:timers/promises';
import type { EntityManager, MikroORM, Options } from '@mikro-orm/core';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  createDurin,
  type Duration,
  type DurinErrorCode,
  type DurinEvents,
  type EventName,
  type EventSource,
  type ThrottleOptions,
} from '../../src/index.ts';
import { type Caller, clients, createClock, password, requestOf, requiredOptions, t } from './app.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { entities, User } from './entities.ts';

interface Credentials {
  username: string;
  password: string;
}

export interface ArenaOptions {
  now?: () => number;
  refreshTokenOnLogin?: boolean;
  rotateTokenOnLogin?: boolean;
  isUserActive?: (user: { readonly isActive: boolean }) => boolean;
  throttle?: ThrottleOptions;
  databaseTimeout?: Duration;
  credentialFields?: readonly 'passwordHash'[];
  verifyCredentials?: (args: { input: Credentials; em: EntityManager }) => Promise<User | null>;
}

/** A database for race tests, with 20 connections. `enter` creates a user and a durin for each test. */
export async function openArena(ormOptions: Partial<Options> = {}) {
  const orm = await openDatabase({ entities, pool: { min: 0, max: 20 }, ...ormOptions });
  let entered = 0;
  return {
    orm,
    close: () => closeDatabase(orm),
    async enter(options: ArenaOptions = {}) {
      entered += 1;
      const em = orm.em.fork();
      const user = em.create(User, { username: `racer ${entered}`, passwordHash: null });
      await em.flush();
      return createContest(orm, user.id, user.username, options);
    },
    /** Adds users that hold tokens and do nothing else. */
    async addUsers(count: number): Promise<number[]> {
      const em = orm.em.fork();
      entered += 1;
      const users = Array.from({ length: count }, (_, index) =>
        em.create(User, { username: `holder ${entered}.${index}`, passwordHash: null }),
      );
      await em.flush();
      return users.map(({ id }) => id);
    },
  };
}

/** An arena for the tests of a file. */
export function useArena(ormOptions?: Partial<Options>): Arena {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(ormOptions);
  });
  afterAll(() => arena.close());
  return {
    get orm() {
      return arena.orm;
    },
    enter: (options) => arena.enter(options),
    addUsers: (count) => arena.addUsers(count),
    close: () => arena.close(),
  };
}

export type Arena = Awaited<ReturnType<typeof openArena>>;
export type Contest = Awaited<ReturnType<Arena['enter']>>;

async function createContest(orm: MikroORM, userId: number, username: string, options: ArenaOptions) {
  const clock = createClock();
  const durin = createDurin({
    ...requiredOptions(orm),
    // No hashing, so that concurrent calls contend in the database.
    verifyCredentials: async ({ input, em }) =>
      input.password === password ? em.findOne(User, { username: input.username }) : null,
    clients: { ...clients, keys: { tokenTtl: '365d', keys: { fullAccess: true } } },
    apiAccess: { clientName: 'api' },
    throttle: { authRouter: null, login: { concurrency: 1000 } }, // calls contend in the database, not for a place
    databaseTimeout: '5m', // a thousand concurrent calls take long on a slow machine
    now: clock,
    ...options,
  });
  await durin.clients.sync();
  const events = recordEvents(durin.events);
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.auth.id) });
  const callAs = (caller: Caller = {}) => router.createCaller(durin.createContext(requestOf(caller)));
  return {
    orm,
    durin,
    clock,
    userId,
    username,
    events,
    callAs,
    login: (client: keyof typeof clients = 'web') => callAs().auth.login({ username, password, client }),
    rows: () => tokenRows(orm, userId),
  };
}

export interface TokenRowOfTest {
  id: string;
  selector: string;
  client: string;
  slot: number;
  expiry: Date | null;
}

/** Reads a user's rows of `durin_auth_token`. */
export async function tokenRows(orm: MikroORM, userId: number): Promise<TokenRowOfTest[]> {
  return orm.em
    .fork()
    .getConnection()
    .execute(
      'select t.id, t.selector, c.name as client, t.slot, t.expiry from durin_auth_token t join durin_client c on c.id = t.client_id where t.user_id = ?',
      [userId],
    );
}

type RecordedEvent = { [TName in EventName]: { readonly name: TName } & DurinEvents[TName] }[EventName];

const eventNames: readonly EventName[] = [
  'loggedIn',
  'loginFailed',
  'reauthenticated',
  'loggedOut',
  'tokenIssued',
  'tokenRenewed',
  'tokenExpired',
  'tokenRevoked',
  'tokenLeaked',
  'throttled',
  'denied',
];

/** Records all events in their order. */
export function recordEvents(source: EventSource) {
  const all: RecordedEvent[] = [];
  for (const name of eventNames) source.on(name, (event) => all.push({ name, ...event } as RecordedEvent));
  return {
    all,
    of: <TName extends EventName>(name: TName) =>
      all.filter((event): event is Extract<RecordedEvent, { name: TName }> => event.name === name),
    count: (name: EventName) => all.filter((event) => event.name === name).length,
  };
}

export type EventRecord = ReturnType<typeof recordEvents>;

/** Expects that every token was issued once and ended at most once, and that the rows are the tokens that did not end. */
export async function expectTrueLives({ events, rows }: Pick<Contest, 'events' | 'rows'>): Promise<void> {
  const issued = events.of('tokenIssued').map((event) => event.tokenId);
  const ended = [...events.of('tokenRevoked'), ...events.of('tokenExpired')].map((event) => event.tokenId);
  expect(new Set(issued).size).toBe(issued.length);
  expect(new Set(ended).size).toBe(ended.length);
  const alive = issued.filter((id) => !ended.includes(id));
  expect(ended.filter((id) => !issued.includes(id))).toEqual([]);
  expect((await rows()).map((row) => row.id).toSorted()).toEqual(alive.toSorted());
}

/** Waits for concurrent calls. Returns their values and the number of refusals by code; throws any other failure. */
export async function settle<T>(calls: readonly Promise<T>[]) {
  const values: T[] = [];
  const codes: Partial<Record<DurinErrorCode, number>> = {};
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') values.push(outcome.value);
    else {
      const code = codeOf(outcome.reason);
      codes[code] = (codes[code] ?? 0) + 1;
    }
  }
  return { values, codes };
}

/** Returns the code of a DurinError; throws any other error. */
export function codeOf(error: unknown): DurinErrorCode {
  const refusal = error as { durin?: { code: DurinErrorCode } };
  if (refusal.durin === undefined) throw error;
  return refusal.durin.code;
}

/** Starts this many calls concurrently. */
export function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, index) => call(index));
}

/** Resolves once this many statements of the database wait for a lock. */
export async function untilBlocked(orm: MikroORM, count = 1): Promise<void> {
  const connection = orm.em.fork().getConnection();
  const deadline = AbortSignal.timeout(10_000);
  while (!deadline.aborted) {
    const [row] = await connection.execute<{ blocked: number }[]>(
      "select count(*)::int as blocked from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if ((row?.blocked ?? 0) >= count) return;
    await wait(2);
  }
  throw new Error(`fewer than ${count} statements wait for a lock`);
}

/** Runs work in a transaction that stays open, and keeps its locks, until `commit` or `rollback`. */
export async function hold<T>(orm: MikroORM, work: () => Promise<T>) {
  const { promise: ending, resolve: end, reject: abort } = Promise.withResolvers<void>();
  const { promise: value, resolve: done, reject: fail } = Promise.withResolvers<T>();
  const transaction = orm.em.fork().transactional(async () => {
    done(await work());
    await ending;
  });
  transaction.catch(fail);
  return {
    value: await value,
    async commit() {
      end();
      await transaction;
    },
    async rollback() {
      const reason = new Error('rolled back by the test');
      abort(reason);
      await transaction.catch((error: unknown) => {
        if (error !== reason) throw error;
      });
    },
  };
}
