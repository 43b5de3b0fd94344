import { randomUUID } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import type { Bus } from '../cache/bus.ts';
import { DurinUsageError } from '../errors.ts';
import { createQuietClient, refuseUnknown, silenceMs } from './redis-connection.ts';

export interface RedisBusOptions {
  /** The URL of the Redis server, such as `redis://localhost:6379`. */
  url: string;
  /** The channel of the messages. Default: `'durin:'` and the name of the database, with its schema unless that is `public`. */
  channel?: string | undefined;
}

const heartbeatMs = 250;
/** After this long without an answer, a message counts as not sent. */
const publishTimeout = { timeoutMs: 250, service: 'Redis' };

/**
 * A bus over Redis's publish and subscribe, for an app that caches sessions both in a shared store and in each process.
 * It connects at the first look-up. While Redis is unreachable, it keeps trying in the background. It keeps no process
 * alive.
 *
 * Each process needs a bus of its own, as does each durin. `durin.close()` closes the bus.
 * @throws DurinUsageError naming the option that is unknown or wrong
 *
 * @example
 * const url = 'redis://localhost:6379';
 * const durin = createDurin({
 *   ...options,
 *   cache: { ttl: '60s', store: redisStore({ url }), bus: redisBus({ url }) },
 * });
 */
export function redisBus(options: RedisBusOptions): Bus {
  const { url, channel: givenChannel } = checked(options);
  const heartbeatId = randomUUID();
  let channel = givenChannel ?? 'durin';
  const subscriber = createQuietClient(url);
  const publisher = createQuietClient(url);
  const clients = [subscriber, publisher];
  let heartbeat = channel;
  let notifyPossibleLoss: (() => void) | null = null;
  let heartbeats: NodeJS.Timeout | null = null;
  let isClosed = false;

  /*
   * A liveness check. An open connection to a frozen server looks healthy, so the bus sends itself a heartbeat, and only
   * its echo proves that messages arrive. This is not a circuit breaker: no call is kept from Redis, nothing is probed
   * after a cooldown, and the connection is restored by the client itself.
   */

  /** When the last echo arrived; `null`: not connected. */
  let echoedAt: number | null = null;
  /** When the heartbeat was sent that is not yet answered; `null`: there is none. */
  let unansweredSince: number | null = null;

  function disconnected(): void {
    if (echoedAt === null) return;
    echoedAt = null;
    notifyPossibleLoss?.();
  }

  function isConnected(): boolean {
    if (echoedAt !== null && performance.now() - echoedAt > silenceMs) disconnected();
    return echoedAt !== null;
  }

  function receiveEcho(): void {
    const wasConnected = isConnected();
    echoedAt = performance.now();
    if (!wasConnected) notifyPossibleLoss?.();
  }

  /** One at a time, because each write to a dead connection would restart that connection's socket timeout. */
  function sendHeartbeat(): void {
    isConnected(); // notices silence even if no look-up calls it
    if (unansweredSince !== null) return;
    unansweredSince = performance.now();
    publisher
      .publish(heartbeat, '')
      .catch(disconnected)
      .finally(() => {
        unansweredSince = null;
      });
  }

  return {
    start(onMessage, onPossibleLoss, namespace) {
      if (notifyPossibleLoss !== null) throw new DurinUsageError('redisBus: each createDurin needs a bus of its own');
      if (isClosed) return;
      notifyPossibleLoss = onPossibleLoss;
      if (givenChannel === undefined && namespace !== undefined) channel = `durin:${namespace}`;
      heartbeat = `${channel}:heartbeat:${heartbeatId}`;
      const receive = (message: string, from: string) => (from === heartbeat ? receiveEcho() : onMessage(message));
      let isSubscribed = false; // once it is, the client subscribes again by itself
      subscriber.on('ready', () => {
        if (isSubscribed) return;
        isSubscribed = true;
        subscriber.subscribe([channel, heartbeat], receive).catch(() => {
          isSubscribed = false; // the connection was lost: the next one tries again
        });
      });
      for (const client of clients) {
        client.on('error', disconnected).on('end', disconnected);
        client.on('ready', () => isClosed && client.destroy()); // closed while it was connecting
        client.connect().catch(disconnected);
      }
      heartbeats = setInterval(sendHeartbeat, heartbeatMs).unref();
    },
    isConnected,
    async publish(message) {
      if (unansweredSince !== null && performance.now() - unansweredSince > publishTimeout.timeoutMs)
        throw new Error('Redis does not answer');
      await withTimeout(() => publisher.publish(channel, message), publishTimeout);
    },
    async close() {
      isClosed = true;
      if (heartbeats !== null) clearInterval(heartbeats);
      for (const client of clients) client.destroy();
      disconnected();
    },
  };
}

function checked(options: RedisBusOptions): { url: string; channel: string | undefined } {
  const { url, channel, ...unknown } = options;
  refuseUnknown('redisBus', url, unknown);
  if (channel !== undefined && (typeof channel !== 'string' || channel === ''))
    throw new DurinUsageError('redisBus: channel must be a string that is not empty');
  return { url, channel };
}
