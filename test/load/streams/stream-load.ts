import { setTimeout as wait } from 'node:timers/promises';
import type { Server } from '../../e2e/programs/cluster.ts';
import type { ClusterDatabase, ClusterSession } from '../../e2e/programs/cluster-database.ts';
import { type EventStream, openEventStream } from './event-stream.ts';

/** A way in which a session ends, and the codes that its streams may end with. */
export interface Way {
  readonly codes: readonly string[];
  end(session: ClusterSession): Promise<unknown>;
}

/** How long after the commit an event may have been yielded, and a stream may end, in milliseconds. */
export const boundMs = 100;
const everyMs = 250;

const any = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

/** The streams of a token that is no longer there. The process that finds an expired one first removes it. */
const gone = ['INVALID_TOKEN'];

/** Through any of the processes. */
export function waysThroughDurin(servers: readonly Server[]): Way[] {
  return [
    { codes: gone, end: ({ token }) => any(servers).client.auth.logout.mutate(undefined, { context: { token } }) },
    { codes: gone, end: ({ userId }) => any(servers).client.endAllOf.mutate(userId) },
  ];
}

/** Past durin. */
export function waysBySql({ psql, orm, User }: ClusterDatabase): Way[] {
  return [
    { codes: gone, end: ({ tokenId }) => psql('delete from durin_auth_token where id = $1', [tokenId]) },
    {
      codes: ['TOKEN_EXPIRED', ...gone],
      end: ({ tokenId }) => psql("update durin_auth_token set expiry = 'epoch' where id = $1", [tokenId]),
    },
    { codes: gone, end: ({ userId }) => psql('delete from app_user where id = $1', [userId]) },
    { codes: ['USER_INACTIVE'], end: ({ userId }) => orm.em.fork().nativeUpdate(User, userId, { isActive: false }) },
  ];
}

/** When something kept processes from hearing of ends, by the clock in milliseconds. */
export interface Fault {
  readonly from: number;
  readonly until: number;
}

/** An end and one of its streams, by the clock in milliseconds. */
interface Outcome {
  readonly committedAt: number;
  readonly endedAt: number;
  /** When its last event was yielded. */
  readonly lastAt: number;
}

export interface StreamLoadOptions {
  readonly servers: readonly Server[];
  readonly database: ClusterDatabase;
  readonly ways: readonly Way[];
  readonly seconds: number;
  readonly userCount: number;
  /** The least and the most milliseconds that a session lasts. */
  readonly lifetimeMs: readonly [number, number];
}

/** What the load has seen. */
export class StreamLedger {
  events = 0;
  readonly outcomes: Outcome[] = [];
  /**
   * Streams and calls of valid sessions that were refused, and streams that ended with another code than that of the end.
   */
  readonly wrongEnds: string[] = [];

  /**
   * Milliseconds from the commits to the ends. The time of a fault that began before the end was due does not count: what was
   * announced is read after it.
   */
  latencies(faults: readonly Fault[] = []): number[] {
    function dueAfter(committedAt: number): number {
      const met = faults.filter(({ from, until }) => from < committedAt + boundMs && committedAt < until);
      return Math.max(committedAt, ...met.map(({ until }) => until));
    }
    return this.outcomes
      .map(({ committedAt, endedAt }) => Math.max(endedAt - dueAfter(committedAt), 0))
      .toSorted((a, b) => a - b);
  }

  percentile(share: number, faults?: readonly Fault[]): number {
    const latencies = this.latencies(faults);
    return latencies[Math.floor(latencies.length * share)] ?? Infinity;
  }

  /** The events that were delivered and yielded later than the bound, in milliseconds after the commit. No fault excuses it. */
  late(): number[] {
    return this.outcomes.map(({ committedAt, lastAt }) => lastAt - committedAt).filter((lateMs) => lateMs > boundMs);
  }

  describe(name: string, faults?: readonly Fault[]): string {
    const at = [0.5, 0.99, 1 - Number.EPSILON].map((share) => `${this.percentile(share, faults).toFixed(0)} ms`);
    return `${name}: ${this.events} events, ${this.outcomes.length} ends; commit to end (p50, p99, most) ${at.join(', ')}; late: ${this.late().join(', ') || 'none'}; wrong: ${this.wrongEnds.length}`;
  }
}

/** One user: has a stream in each process, calls one now and then, and has the session ended; until it is late. */
async function live(options: StreamLoadOptions, ledger: StreamLedger, until: number): Promise<void> {
  const { servers, database, ways, lifetimeMs } = options;
  const [leastMs, mostMs] = lifetimeMs;
  while (Date.now() < until) {
    const session = await database.enter();
    const streams = servers.map(({ url }) => openEventStream(url, session.token, everyMs));
    await Promise.all(streams.map(({ opened }) => opened));
    const wrong = watchForEnds(streams);
    await wait(leastMs + Math.random() * (mostMs - leastMs));
    const refusal = await any(servers).ask(session.token);
    if (refusal !== null) ledger.wrongEnds.push(`${refusal} at a call of a valid session`);
    ledger.wrongEnds.push(...wrong.stop());
    const { codes, end } = any(ways);
    await end(session);
    const committedAt = Date.now();
    await Promise.all(streams.map((stream) => recordEnd(stream, committedAt, codes, ledger)));
  }
}

/** Records the ends of streams that should go on. */
function watchForEnds(streams: readonly EventStream[]) {
  const ends: string[] = [];
  let isWatching = true;
  for (const { over } of streams) void over.then(({ code }) => isWatching && ends.push(`${code} of a valid session`));
  return {
    stop(): readonly string[] {
      isWatching = false;
      return ends;
    },
  };
}

async function recordEnd(
  stream: EventStream,
  committedAt: number,
  codes: readonly string[],
  ledger: StreamLedger,
): Promise<void> {
  const never = wait(20_000, { code: 'no end', at: Date.now() + 20_000 });
  const end = await Promise.race([stream.over, never]);
  stream.close();
  ledger.events += stream.yieldedAt.length;
  if (!codes.includes(end.code ?? 'none')) ledger.wrongEnds.push(`${end.code}, expected ${codes.join(' or ')}`);
  ledger.outcomes.push({ committedAt, endedAt: end.at, lastAt: stream.yieldedAt.at(-1) ?? 0 });
}

export async function runStreamLoad(options: StreamLoadOptions): Promise<StreamLedger> {
  const ledger = new StreamLedger();
  const until = Date.now() + options.seconds * 1000;
  await Promise.all(Array.from({ length: options.userCount }, () => live(options, ledger, until)));
  return ledger;
}
