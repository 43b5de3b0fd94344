import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryCache } from '../../../src/cache/memory-cache.ts';
import { clientScope, type Scope, tokenScope, userScope } from '../../../src/cache/session-cache.ts';
import type { LoadedSession } from '../../../src/database/token-store.ts';
import { FakeDatabase, versionOf } from '../../support/cache/cache-parts.ts';
import { createClock } from '../../support/clock.ts';
import { testLength } from '../../support/test-length.ts';

const ttlMs = 60_000;

/** A cache that is full, over a database that counts how often the owner of a session is read. */
async function openFull(sessions: number) {
  let ownersRead = 0;
  const cache = createMemoryCache({ ttlMs, maxSessions: sessions, now: () => 0 });
  const database = new FakeDatabase();
  async function load(selector: string): Promise<LoadedSession | null> {
    const loaded = await database.load(selector);
    const userId = loaded?.record.userId;
    function readOwner(): unknown {
      ownersRead += 1;
      return userId;
    }
    return loaded && { ...loaded, record: Object.defineProperty(loaded.record, 'userId', { get: readOwner }) };
  }
  for (let number = 0; number < sessions; number += 1) {
    database.add(`${number}`, { userId: number >> 1, clientId: 1 });
    await cache.find(`${number}`, load);
  }
  ownersRead = 0;
  return { cache, ownersRead: () => ownersRead };
}

test.each(['token:7', 'user:7', 'client:1', 'all'] as const)('a change of %s looks at no session', async (scope) => {
  const { cache, ownersRead } = await openFull(1000);
  await cache.invalidate(scope);
  expect(ownersRead()).toBe(0);
});

test('a token without a session is remembered until another scope changes', async () => {
  const database = new FakeDatabase();
  const cache = createMemoryCache({ ttlMs, missTtlMs: 5000, maxSessions: 10, now: () => 0 });
  const find = () => cache.find('a', database.load);
  expect([await find(), await find(), database.asked]).toEqual([null, null, 1]);
  await cache.invalidate(tokenScope('b'));
  expect([await find(), database.asked]).toEqual([null, 1]);
  database.add('a');
  await cache.invalidate(userScope(1));
  expect(versionOf((await find())?.record)).toBe(1);
});

test('a process that stood still believes only what is still young', async () => {
  const clock = createClock();
  const database = new FakeDatabase();
  database.add('a');
  const cache = createMemoryCache({ ttlMs, maxSessions: 10, now: clock });
  await cache.find('a', database.load);
  database.rows.delete('a'); // by another program, which nothing announces
  clock.advance(ttlMs / 1000); // during which no timer ran
  expect(await cache.find('a', database.load)).toBeNull();
});

/** Owners that change hands: four users of two clients. */
type Step =
  | { readonly kind: 'find'; readonly selector: string }
  | { readonly kind: 'move'; readonly selector: string; readonly userId: number; readonly clientId: number }
  | { readonly kind: 'delete'; readonly selector: string }
  | { readonly kind: 'invalidate'; readonly scope: Scope }
  | { readonly kind: 'wait' };

const selector = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const userId = fc.integer({ min: 1, max: 4 });
const clientId = fc.integer({ min: 1, max: 2 });
const scope: fc.Arbitrary<Scope> = fc.oneof(
  selector.map(tokenScope),
  userId.map(userScope),
  clientId.map(clientScope),
  fc.constant('all' as const),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('find' as const), selector }) },
  fc.record({ kind: fc.constant('move' as const), selector, userId, clientId }),
  fc.record({ kind: fc.constant('delete' as const), selector }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), scope }) },
  fc.record({ kind: fc.constant('wait' as const) }),
);

interface PlainEntry {
  readonly selector: string;
  readonly scopes: readonly Scope[];
  readonly until: number;
  isOutdated: boolean;
}

/** A cache in its plainest form: a list, the least recently used first, that is searched from end to end. */
class PlainCache {
  #entries: PlainEntry[] = [];
  readonly #maxSessions: number;

  constructor(maxSessions: number) {
    this.#maxSessions = maxSessions;
  }

  /** Returns whether it has the session. */
  find(wanted: string, owner: { userId: number; clientId: number } | undefined, now: number): boolean {
    const known = this.#entries.find((entry) => entry.selector === wanted);
    this.#entries = this.#entries.filter((entry) => entry !== known);
    if (known !== undefined && !known.isOutdated && now < known.until) {
      this.#entries.push(known);
      return true;
    }
    if (owner === undefined) return false;
    const scopes: Scope[] = ['all', tokenScope(wanted), userScope(owner.userId), clientScope(owner.clientId)];
    this.#entries.push({ selector: wanted, scopes, until: now + ttlMs, isOutdated: false });
    if (this.#entries.length > this.#maxSessions) this.#entries.shift();
    return false;
  }

  /** What it outdates keeps its place, except for the session of a token. */
  invalidate(changed: Scope): void {
    for (const entry of this.#entries) if (entry.scopes.includes(changed)) entry.isOutdated = true;
    this.#entries = this.#entries.filter(({ selector: held }) => tokenScope(held) !== changed);
  }
}

/** Takes the steps with both caches. Returns which of them have each session that is looked for. */
async function compare(steps: readonly Step[], maxSessions: number) {
  const clock = createClock();
  const database = new FakeDatabase();
  const cache = createMemoryCache({ ttlMs, maxSessions, now: clock });
  const plain = new PlainCache(maxSessions);
  const found: { readonly here: boolean; readonly plain: boolean }[] = [];
  for (const taken of steps) {
    switch (taken.kind) {
      case 'find': {
        const askedBefore = database.asked;
        await cache.find(taken.selector, database.load);
        const inPlain = plain.find(taken.selector, database.rows.get(taken.selector), clock());
        found.push({ here: database.asked === askedBefore, plain: inPlain });
        break;
      }
      case 'move':
        database.add(taken.selector, taken);
        break;
      case 'delete':
        database.rows.delete(taken.selector);
        break;
      case 'invalidate':
        await cache.invalidate(taken.scope);
        plain.invalidate(taken.scope);
        break;
      case 'wait':
        clock.advance(25);
    }
  }
  return found;
}

test('it keeps and drops what a plain list would', async () => {
  const numRuns = testLength === 'full' ? 10_000 : 500;
  const anySteps = fc.array(step, { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(anySteps, fc.integer({ min: 1, max: 5 }), async (steps, maxSessions) => {
      const found = await compare(steps, maxSessions);
      expect(found.map(({ here }) => here)).toEqual(found.map(({ plain }) => plain));
    }),
    { numRuns },
  );
});
