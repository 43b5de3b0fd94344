import fc from 'fast-check';
import { vi } from 'vitest';
import * as busModule from '../../../src/cache/bus/bus-cache.ts';
import { noDatabaseChanges } from '../../../src/cache/bus/messages.ts';
import * as layeredModule from '../../../src/cache/layered-cache.ts';
import * as memoryModule from '../../../src/cache/memory-cache.ts';
import type { Scope } from '../../../src/cache/session-cache.ts';
import * as sharedModule from '../../../src/cache/shared-cache.ts';
import { sharedParts } from './cache-parts.ts';
import { drive, FenceWorld, type ProcessParts, type Selector } from './fence-world.ts';

/** The ttl that a process may have. */
const minute = 60_000;
const hour = 3_600_000;

export type Modules = typeof sharedModule & typeof memoryModule & typeof layeredModule & typeof busModule;
export const modules: Modules = { ...sharedModule, ...memoryModule, ...layeredModule, ...busModule };

type Command = readonly [kind: string, process: number, what: string | number, isDeletion: boolean];

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const command = (weight: number, kind: string, what: fc.Arbitrary<string | number>) => ({
  weight,
  arbitrary: fc.tuple(fc.constant(kind), oneOf(0, 1), what, fc.boolean()) as fc.Arbitrary<Command>,
});
const scopes: Scope[] = ['token:a', 'token:a', 'user:1', 'user:1', 'client:1', 'all'];
const broad = fc.constant([
  command(10, 'find', oneOf<Selector>('a', 'a', 'a', 'b', 'c')),
  command(5, 'change', oneOf(...scopes)),
]);
const narrow = oneOf(...scopes).map((scope) => [command(6, 'find', oneOf('a')), command(3, 'change', oneOf(scope))]);
const passing = (...milliseconds: number[]) => command(4, 'pass', oneOf(...milliseconds));
const reaching = command(3, 'reach', oneOf('off', 'on', 'not once'));
const storing = command(2, 'store', oneOf('restartEmpty', 'restartEmpty', 'keepSnapshot', 'restartFromSnapshot'));
/** One server of a cluster loses everything, or is replaced by a replica that lacks the last writes. */
const sharding = command(
  3,
  'store',
  oneOf('restartEmpty 0', 'restartEmpty 1', 'keepSnapshot', 'restartFromSnapshot 0', 'restartFromSnapshot 1'),
);
const messaging = command(3, 'bus', oneOf('cut', 'notice', 'mend'));

/** What is given while a story happens. */
interface Circumstances {
  readonly skews: readonly number[];
  readonly ttls: readonly number[];
  readonly deadlineMs: number;
  readonly isAskedSingly: boolean;
  readonly shardCount: number;
  readonly namesServers: boolean;
}

interface Story {
  /** Those that it needs. Default: any. */
  readonly given?: Partial<Circumstances>;
  /** Commands that run one after the other. */
  readonly prelude: readonly Command[];
  /** Each actor runs its commands one after the other, and all actors run at the same time. */
  readonly actors: readonly (readonly Command[])[];
}
type Commands = readonly ReturnType<typeof command>[];

const of = (commands: Commands) => fc.oneof({}, ...commands);

/** Some actors find, some change, and sometimes something else happens. Rare faults need little else to happen. */
function mixed(usual: fc.Arbitrary<Commands>, besides: fc.Arbitrary<Commands>): fc.Arbitrary<Story> {
  return fc.tuple(usual, besides).chain(([ordinary, events]) => {
    const find = of(ordinary.slice(0, 1));
    const change = of(ordinary.slice(1));
    const event = of(events.length > 0 ? events : ordinary);
    const roles = fc.tuple(
      fc.tuple(find, find),
      fc.tuple(change, event, find),
      fc.array(event, { minLength: 1, maxLength: 2 }),
    );
    const any = of([...ordinary, ...events]);
    const extras = fc.array(fc.array(any, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 });
    return fc.record({ prelude: fc.array(any, { maxLength: 3 }), actors: fc.oneof(roles, extras) });
  });
}

/** A story in which only the order is random. */
const scripted = (prelude: Command[], ...actors: Command[][]) => fc.constant<Story>({ prelude, actors });
/** Likewise, with what is given. */
const scriptedOn = (given: Partial<Circumstances>, prelude: Command[], ...actors: Command[][]) =>
  fc.constant<Story>({ given, prelude, actors });
/** On a cluster of two servers. The fence of user 1 is on the second one, those of token a and client 1 on the first. */
const onCluster = (prelude: Command[], ...actors: Command[][]) =>
  scriptedOn({ shardCount: 2, namesServers: true, isAskedSingly: false }, prelude, ...actors);
/** On four servers, one of them is likely to be slow: then there is time for something else meanwhile. */
const onFourServers = (prelude: Command[], ...actors: Command[][]) =>
  scriptedOn({ shardCount: 4, namesServers: false, isAskedSingly: false }, prelude, ...actors);
const finds = (process: number, selector: Selector): Command => ['find', process, selector, false];
const changes = (process: number, scope: Scope): Command => ['change', process, scope, true];
const waits = (milliseconds: number): Command => ['pass', 0, milliseconds, false];
const storeHas = (fault: string): Command => ['store', 0, fault, false];
const reaches = (process: number, what: 'off' | 'on' | 'not once'): Command => ['reach', process, what, false];

/** Each scripted story comes from a hole that the protocol once had. */
export const stories = {
  anything: mixed(
    broad,
    fc.subarray([passing(50, 120, 300, 2000, 9000, 30_000, 59_000, 75_000), reaching, storing, sharding, messaging]),
  ),
  time: mixed(narrow, fc.constant([passing(9000, 59_000, 75_000, 3_585_000)])),
  restarts: mixed(narrow, fc.constant([storing])),
  'a shard that is lost or set back': mixed(narrow, fc.constant([sharding])),
  outages: mixed(narrow, fc.constant([reaching, passing(120, 300)])),
  messages: mixed(narrow, fc.constant([messaging])),
  'a ttl that is longer than the other': scripted(
    [finds(0, 'a'), finds(1, 'a')],
    [changes(0, 'user:1'), waits(75_000), finds(1, 'a')],
    [changes(1, 'client:1'), waits(75_000), finds(0, 'a')],
  ),
  'a message that is late': scripted(
    [finds(0, 'c'), finds(1, 'a'), ['bus', 0, 'cut', false]],
    [changes(0, 'token:a'), waits(75_000)],
  ),
  'a slow reader': scripted([finds(1, 'c')], [finds(0, 'a')], [changes(1, 'user:1'), waits(hour + 15_000)]),
  'a slow look-up': scripted(
    [finds(0, 'a')],
    [changes(0, 'user:1'), waits(hour - 10_000), finds(1, 'a')],
    [waits(30_000)],
  ),
  'a restart within a look-up': scripted(
    [finds(0, 'a')],
    [changes(0, 'user:1'), finds(1, 'a')],
    [storeHas('restartEmpty')],
  ),
  'a shard that is lost within a look-up': onCluster(
    [finds(0, 'b')],
    [finds(0, 'a')],
    [changes(1, 'user:1'), storeHas('restartEmpty 1'), finds(1, 'a')],
  ),
  'a shard that is set back between look-ups': onCluster(
    [finds(1, 'a'), finds(0, 'a'), storeHas('keepSnapshot'), changes(1, 'user:1'), storeHas('restartFromSnapshot 1')],
    [finds(0, 'a')],
  ),
  'a shard that is set back within a look-up': onCluster(
    [finds(1, 'a'), finds(0, 'a'), storeHas('keepSnapshot'), changes(1, 'user:1'), waits(1500)],
    [finds(0, 'a')],
    [reaches(1, 'on'), reaches(1, 'on'), storeHas('restartFromSnapshot 1')],
  ),
  'a look-up while a change is announced': scripted([finds(1, 'a')], [changes(0, 'all')], [finds(1, 'a')]),
  'a fence that fails during a recovery': onFourServers(
    [finds(1, 'a'), reaches(0, 'off'), finds(0, 'c'), reaches(0, 'on'), waits(250)],
    [finds(1, 'a')],
    [reaches(0, 'not once'), changes(0, 'token:a'), finds(0, 'a')],
  ),
} satisfies Record<string, fc.Arbitrary<Story>>;
export type Kind = 'shared' | 'layered' | 'bus';
export type Topic = keyof typeof stories;

async function run(world: FenceWorld, [kind, index, what, isDeletion]: Command): Promise<void> {
  const actor = world.processes[index];
  if (actor === undefined) throw new Error('no such process');
  await world.step(`${actor.name} ${kind} ${what}`);
  if (kind === 'find') await world.find(actor, what as Selector);
  else if (kind === 'change') await world.change(actor, what as Scope, isDeletion);
  else if (kind === 'pass') world.pass(Number(what));
  else if (what === 'not once') actor.isRefusedOnce = true;
  else if (kind === 'reach') actor.isCutOff = what === 'off';
  else if (kind === 'store') disturb(world, String(what));
  else actor.bus?.[what as 'cut' | 'notice' | 'mend']();
}

/** @param what the fault, and the number of the server if it is one of several */
function disturb(world: FenceWorld, what: string): void {
  const [fault, digit] = what.split(' ');
  const number = digit === undefined ? undefined : Number(digit);
  if (fault === 'restartEmpty') world.store.restartEmpty(number);
  else if (fault === 'keepSnapshot') world.store.keepSnapshot(number);
  else world.restartFromSnapshot(number);
}

/** In any order of events, a look-up after a change was announced does not return what was there before it. */
export function fenceHolds(
  kind: Kind,
  topic: Topic,
  { createSharedCache, createMemoryCache, createLayeredCache, createBusCache }: Modules,
) {
  const create = ({ store, bus, now, ttlMs }: ProcessParts) => {
    const memory = createMemoryCache({ ttlMs, maxSessions: 100, now });
    if (kind === 'bus')
      return createBusCache({ namespace: 'test', memory, bus, databaseChanges: noDatabaseChanges, now });
    const shared = createSharedCache({ store, ...sharedParts, ttlMs, maxSessions: 100, now, monotonicNow: now });
    if (kind === 'shared') return shared;
    return createLayeredCache({ namespace: 'test', memory, shared, bus, now });
  };
  const circumstances: fc.Arbitrary<Circumstances> = fc.record({
    skews: fc.constantFrom([0, 0], [0, 9000], [9000, 0]),
    ttls: fc.constantFrom([minute, minute], [minute, hour], [hour, minute], [hour, hour]),
    deadlineMs: fc.constantFrom(100, 100, 60_000),
    isAskedSingly: fc.constantFrom(false, false, true),
    shardCount: fc.constantFrom(1, 2, 2),
    namesServers: fc.boolean(),
  });
  return fc.asyncProperty(
    fc.scheduler(),
    circumstances,
    stories[topic],
    async (scheduler, anything, { given, prelude, actors }) => {
      vi.clearAllTimers();
      const world = new FenceWorld({
        ...anything,
        ...given,
        scheduler,
        isLayered: kind !== 'shared',
        isStoreless: kind === 'bus',
        create,
      });
      for (const each of prelude) await drive(scheduler, run(world, each));
      const acting = actors.map(async (script) => {
        for (const each of script) await run(world, each);
      });
      await drive(scheduler, Promise.all(acting));
      await world.healAndExpectTruth();
    },
  );
}
