import { randomUUID } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import { createHeartbeats, type Heartbeats } from '../cache/bus/heartbeats.ts';
import type { Bus } from '../cache/bus.ts';
import { DurinUsageError } from '../errors.ts';
import { hasBraces } from './hash-slot.ts';
import { connectForMessages, type RedisConnection } from './redis-connection.ts';
import { type ConnectedRedis, type RedisOptions, readInput } from './redis-input.ts';
import { openRedisLink, type RedisLink } from './redis-link.ts';

export interface RedisBusSettings {
  /** The channel of the messages. Default: `'durin:'` and the name of the database, with its schema unless that is `public`. */
  channel?: string | undefined;
}

/** The options of a client (such as `{ url }`), a cluster or a sentinel of the package `redis`, and `channel`. */
export type RedisBusOptions = RedisOptions & RedisBusSettings;

const firstRetryMs = 25;
const lastRetryMs = 250;
/** After this long without an answer, a message counts as not sent. */
const publishTimeout = { timeoutMs: 250, service: 'Redis' };

/**
 * A bus over Redis's publish and subscribe, for an app that caches sessions both in a shared store and in each process.
 * It connects at the first look-up. While Redis is unreachable, it keeps trying in the background. It keeps no process
 * alive, unless it has sentinels.
 *
 * It takes the options of a client, a cluster or a sentinel of the package `redis`, or a client, pool, cluster or sentinel that
 * the app has connected, and closes itself. Either way the messages have two connections of their own. On a cluster, which must
 * be of Redis 7 or newer, they lead to the server that holds the channel.
 *
 * Each process needs a bus of its own, as does each durin. `durin.close()` closes the bus, which may then serve another
 * durin.
 * @throws DurinUsageError naming the option that is unknown or wrong
 *
 * @example
 * const url = 'redis://localhost:6379';
 * const durin = createDurin({
 *   ...options,
 *   cache: { ttl: '60s', store: redisStore({ url }), bus: redisBus({ url }) },
 * });
 */
export function redisBus(options: RedisBusOptions): Bus;
export function redisBus(redis: ConnectedRedis, settings?: RedisBusSettings): Bus;
export function redisBus(given: RedisBusOptions | ConnectedRedis, settings: RedisBusSettings = {}): Bus {
  const { input, channel: givenChannel } = checked(given, settings);
  const heartbeatId = randomUUID();
  let channel = givenChannel ?? 'durin';
  let connection: RedisConnection | null = null;
  let link: RedisLink | null = null;
  let heartbeats: Heartbeats | null = null;
  let retry: NodeJS.Timeout | null = null;
  let isOpen = false;
  let failures = 0;
  let lastError: unknown = null;
  /** Why a server could not be reached while no link was open: it says more than what a cluster or a sentinel then throws. */
  let serverError: unknown = null;
  const noAnswer = new Error('Redis does not answer');
  let isClosed = false;

  /** On a cluster, the braces place both channels on one server. */
  const messageChannel = () => (input.isCluster ? `{${channel}}` : channel);
  const heartbeatChannel = () => `${messageChannel()}:heartbeat:${heartbeatId}`;

  /** A new link, and not the clients' own reconnecting: a dead connection looks open to its client. */
  function connect(receive: (message: string) => void): void {
    if (connection === null) return;
    link = openRedisLink({
      source: connection.source,
      channels: [messageChannel(), heartbeatChannel()],
      onMessage(message, from) {
        if (from !== heartbeatChannel()) return receive(message);
        failures = 0;
        heartbeats?.echoed(message);
      },
      onOpened() {
        isOpen = true;
        lastError = null;
        serverError = null;
        heartbeats?.opened();
      },
      onEnd(error) {
        lastError = isAnswer(error) ? error : (serverError ?? error ?? lastError);
        isOpen = false;
        heartbeats?.lost();
        if (isClosed) return;
        retry = setTimeout(connect, Math.min(firstRetryMs * 2 ** failures, lastRetryMs), receive).unref();
        failures += 1;
      },
    });
  }

  function serverFailed(error: unknown): void {
    if (!isOpen) serverError = error;
  }

  async function send(to: string, message: string): Promise<void> {
    if (link === null || !isOpen) throw new Error('redisBus is not connected');
    await link.publish(to, message);
  }

  return {
    start(onMessage, onPossibleLoss, namespace) {
      if (heartbeats !== null) throw new DurinUsageError('redisBus: each createDurin needs a bus of its own');
      isClosed = false;
      failures = 0;
      serverError = null;
      if (givenChannel === undefined && namespace !== undefined) channel = `durin:${namespace}`;
      connection = connectForMessages(input, {
        failed: serverFailed,
        nodeFailed: serverFailed,
        changed() {
          if (isOpen && !input.isCluster) link?.close(); // a sentinel has chosen another server
        },
      });
      // Last, because nothing else can throw: a start that throws leaves nothing half started.
      heartbeats = createHeartbeats({
        send: (heartbeat) => send(heartbeatChannel(), heartbeat),
        onDead() {
          lastError = noAnswer;
          link?.close();
        },
        onPossibleLoss,
      });
      connect(onMessage);
    },
    isConnected: () => heartbeats?.isConnected() ?? false,
    lastError: () => (heartbeats?.isOverdue() === true ? noAnswer : lastError),
    whenTrusted: () => heartbeats?.whenTrusted() ?? null,
    async publish(message) {
      if (heartbeats?.isOverdue() === true) throw noAnswer;
      await withTimeout(() => send(messageChannel(), message), publishTimeout);
    },
    async close() {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      link?.close();
      connection?.close();
      heartbeats?.stop();
      heartbeats = null; // it may be started again
    },
  };
}

function checked(given: RedisBusOptions | ConnectedRedis, beside: RedisBusSettings) {
  const { input, settings } = readInput('redisBus', given, ['channel'], beside);
  const { channel } = settings;
  if (channel !== undefined && (typeof channel !== 'string' || channel === '' || hasBraces(channel)))
    throw new DurinUsageError('redisBus: channel must be a string without braces that is not empty');
  return { input, channel };
}

/** Whether the server itself has refused something: its errors start with a word such as `NOPERM`. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && /^[A-Z]+ /.test(error.message);
}
