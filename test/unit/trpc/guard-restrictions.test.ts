import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDurinError } from '../../../src/errors.ts';
import { noCallCounts } from '../../../src/records/call-counts.ts';
import { DurinRequest } from '../../../src/request/durin-request.ts';
import type { SessionRecord } from '../../../src/session.ts';
import { createKeyAccess } from '../../../src/tokens/keys/key-access.ts';
import { createKeyClients } from '../../../src/tokens/keys/key-rules.ts';
import { createSessionScopes } from '../../../src/tokens/rights/scopes.ts';
import { createRequireFresh } from '../../../src/tokens/verification/freshness.ts';
import { type AdmissionDeps, createAdmission } from '../../../src/trpc/admission.ts';
import type { Guard } from '../../../src/trpc/base-procedure.ts';
import { createGuards, type GuardDeps } from '../../../src/trpc/guard.ts';
import { createParseGuardOptions, type GuardOptions } from '../../../src/trpc/guard-options.ts';
import { Tallies } from '../../../src/trpc/tallies.ts';

const scopes = ['read', 'write', 'billing'];
const clients = ['web', 'cli', 'api'];
const now = Date.parse('2026-11-23T12:00:00Z');

/** A session, and the guards that it has to pass. */
interface World {
  readonly client: string;
  readonly ageSeconds: number;
  readonly ofToken: readonly string[] | null;
  readonly ofClient: readonly string[] | null;
  readonly ofUser: readonly string[] | 'all';
  readonly guards: readonly GuardOptions[];
  /** Whether the session is in the memory of the process, so that guards do not wait for it. */
  readonly isRecognized: boolean;
}

function recordOf({ client, ageSeconds, ofToken }: World): SessionRecord {
  return {
    id: 'id',
    selector: 'selector',
    userId: 1,
    userRow: {},
    user: {},
    client: { id: 1, name: client, tokenTtl: null, throttleRate: null },
    scopes: ofToken,
    replaces: null,
    createdAt: new Date(now),
    authenticatedAt: new Date(now - ageSeconds * 1000),
    expiresAt: null,
    expiresByIdling: false,
    isExtendedByUse: false,
    latestExpiry: null,
    lastUsedAt: null,
  };
}

/** The guards with their real rules. What they do besides is left out. */
function guardsOf(world: World): Guard[] {
  const record = recordOf(world);
  const values = {
    throttleRate: null,
    maxSessions: 1,
    atLimit: 'end-oldest',
    idleTtl: null,
    maxLifetime: null,
  } as const;
  const configured = clients.map((name) => ({
    given: {},
    values: { ...values, name, tokenTtl: null },
    scopes: name === world.client ? world.ofClient : null,
  }));
  const find = () => Promise.resolve(record);
  const admission = createAdmission({
    denials: { report() {} },
    sessionQuota: null,
    scopes: createSessionScopes({ scopes, clients: configured, scopesOf: () => world.ofUser }),
    requireFresh: createRequireFresh({
      codec: { tokenOf: () => '' },
      authenticate: find,
      findStored: find,
      now: () => now,
    }),
    keyAccess: createKeyAccess(createKeyClients([])),
    lastUsed: { recordUse() {} },
  } as unknown as AdmissionDeps);
  const tallies = new Tallies();
  const deps = {
    stateOf: () => ({
      tallies,
      recognizeSession: () => (world.isRecognized ? record : null),
      resolveSession: find,
      changesBefore: () => 0,
    }),
    admission,
    counts: noCallCounts,
    toAuth: () => ({ user: {} }),
    actors: null,
    followCall: () => (result: unknown) => result,
  };
  const createGuard = createGuards(deps as unknown as GuardDeps);
  const parse = createParseGuardOptions(clients, scopes);
  return world.guards.map((options) => createGuard(parse('guardedProcedure', options)));
}

const durin = DurinRequest.fromAdapter({}, { trustProxy: 0 });

/** Whether a call passes all guards. */
async function passes(world: World): Promise<boolean> {
  try {
    for (const guard of guardsOf(world))
      await guard({ ctx: { durin }, path: 'p', batchIndex: 0, next: () => Promise.resolve({}) } as never);
    return true;
  } catch (error) {
    if (isDurinError(error)) return false;
    throw error;
  }
}

const someOf = (names: readonly string[], minLength = 0) => fc.subarray([...names], { minLength });
const anyGuard: fc.Arbitrary<GuardOptions> = fc
  .record(
    {
      clients: someOf(clients, 1),
      exceptClients: someOf(clients, 1),
      scopes: someOf(scopes, 1),
      anyScope: someOf(scopes, 1),
      fresh: fc.integer({ min: 1, max: 100 }),
    },
    { requiredKeys: [] },
  )
  .map(({ exceptClients, ...options }) =>
    options.clients === undefined && exceptClients !== undefined ? { ...options, exceptClients } : options,
  );

const anyWorld: fc.Arbitrary<World> = fc.record({
  client: fc.constantFrom(...clients),
  ageSeconds: fc.integer({ min: 0, max: 100 }),
  ofToken: fc.option(someOf(scopes, 1)),
  ofClient: fc.option(someOf(scopes, 1)),
  ofUser: fc.oneof(fc.constant('all' as const), someOf(scopes, 1)),
  guards: fc.array(anyGuard, { maxLength: 2 }),
  isRecognized: fc.boolean(),
});

/** What narrows a list; `null` is a list of everything. */
function narrowed(list: readonly string[] | null | undefined, by: readonly string[]): readonly string[] {
  return list == null ? by : list.filter((item) => by.includes(item));
}

/** Changes one guard. A list that would be empty stays as it is, because a guard refuses it. */
function withGuard(world: World, change: (options: GuardOptions) => GuardOptions): World {
  const [first = {}, ...others] = world.guards;
  const changed = change(first);
  const isValid = [changed.clients, changed.anyScope].every((list) => list === undefined || list.length > 0);
  return isValid ? { ...world, guards: [changed, ...others] } : world;
}

type Restriction = (world: World) => World;

const restrictions: Record<string, fc.Arbitrary<Restriction>> = {
  'fewer scopes of the token': someOf(scopes).map((by) => (world) => ({
    ...world,
    ofToken: narrowed(world.ofToken, by),
  })),
  'fewer scopes of the client': someOf(scopes).map((by) => (world) => ({
    ...world,
    ofClient: narrowed(world.ofClient, by),
  })),
  'fewer scopes of the user': someOf(scopes).map((by) => (world) => ({
    ...world,
    ofUser: narrowed(world.ofUser === 'all' ? null : world.ofUser, by),
  })),
  'fewer clients of a guard': someOf(clients, 1).map(
    (by) => (world) =>
      withGuard(world, ({ exceptClients, ...options }) => {
        const allowed = exceptClients && clients.filter((name) => !exceptClients.includes(name));
        return { ...options, clients: narrowed(options.clients ?? allowed, by) };
      }),
  ),
  'more scopes of a guard': someOf(scopes, 1).map(
    (more) => (world) =>
      withGuard(world, (options) => ({ ...options, scopes: [...new Set([...(options.scopes ?? []), ...more])] })),
  ),
  'fewer scopes in anyScope': someOf(scopes, 1).map(
    (by) => (world) => withGuard(world, (options) => ({ ...options, anyScope: narrowed(options.anyScope, by) })),
  ),
  'a shorter fresh': fc
    .integer({ min: 1, max: 100 })
    .map(
      (seconds) => (world) =>
        withGuard(world, (options) => ({ ...options, fresh: Math.min(Number(options.fresh ?? seconds), seconds) })),
    ),
  'another guard': anyGuard.map((guard) => (world) => ({ ...world, guards: [...world.guards, guard] })),
};

test.each(Object.entries(restrictions))('%s never lets more through', async (_, anyRestriction) => {
  let refusedMore = 0;
  await fc.assert(
    fc.asyncProperty(anyWorld, anyRestriction, async (world, restrict) => {
      const before = await passes(world);
      const after = await passes(restrict(world));
      if (before && !after) refusedMore += 1;
      expect(after && !before).toBe(false);
    }),
    { numRuns: 1000 },
  );
  expect(refusedMore).toBeGreaterThan(0);
});
