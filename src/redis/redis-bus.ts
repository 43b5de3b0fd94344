import { randomUUID } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import type { Bus } from '../cache/bus.ts';
import { DurinUsageError } from '../errors.ts';
import { createQuietClient, refuseUnknown, silenceMs } from './redis-connection.ts';

export interface RedisBusOptions {
  /** Such as `redis://localhost:6379`. */
  url: string;
  /** The channel of the messages; apps that share a Redis but no users should have one each. Default: `'durin'`. */
  channel?: string | undefined;
}

/** An echo of the own heartbeat proves that messages arrive, which an open connection to a frozen server does not. */
const heartbeatMs = 250;
/** After this long a message counts as not sent. */
const publishDeadlineMs = 250;

/**
 * Messages between processes by Redis's publish and subscribe, for `cache: { ttl, store, bus: redisBus({ url }) }`.
 * Connects with the first look-up; a Redis that is away is waited for in the background. Keeps no process alive.
 * @throws DurinUsageError naming the option that is wrong
 */
export function redisBus(options: RedisBusOptions): Bus {
  const { url, channel } = checked(options);
  const heartbeat = `${channel}:heartbeat:${randomUUID()}`;
  const subscriber = createQuietClient(url);
  const publisher = createQuietClient(url);
  const clients = [subscriber, publisher];
  let onDoubt: (() => void) | null = null;
  let beats: NodeJS.Timeout | null = null;
  let isClosed = false;
  /** `null`: not connected. */
  let echoedAt: number | null = null;
  /** When the heartbeat was sent that is not answered yet. */
  let beatAt: number | null = null;

  function loseTrust(): void {
    if (echoedAt === null) return;
    echoedAt = null;
    onDoubt?.();
  }

  function isConnected(): boolean {
    if (echoedAt !== null && performance.now() - echoedAt > silenceMs) loseTrust();
    return echoedAt !== null;
  }

  function hearEcho(): void {
    if (!isConnected()) onDoubt?.();
    echoedAt = performance.now();
  }

  /** One at a time: whoever writes to a dead connection keeps its time limit from running out. */
  function beat(): void {
    isConnected(); // so that a silence is noticed also where nobody asks
    if (beatAt !== null) return;
    beatAt = performance.now();
    publisher
      .publish(heartbeat, '')
      .catch(loseTrust)
      .finally(() => {
        beatAt = null;
      });
  }

  return {
    start(onMessage, doubt) {
      if (onDoubt !== null) throw new DurinUsageError('redisBus: each createDurin needs a bus of its own');
      if (isClosed) return;
      onDoubt = doubt;
      const hear = (message: string, from: string) => (from === heartbeat ? hearEcho() : onMessage(message));
      let isSubscribed = false; // from then on the client subscribes again by itself
      subscriber.on('ready', () => {
        if (isSubscribed) return;
        isSubscribed = true;
        subscriber.subscribe([channel, heartbeat], hear).catch(() => {
          isSubscribed = false; // the connection was lost, and the next one is tried
        });
      });
      for (const client of clients) {
        client.on('error', loseTrust).on('end', loseTrust);
        client.on('ready', () => isClosed && client.destroy()); // closed while it was connecting
        client.connect().catch(loseTrust);
      }
      beats = setInterval(beat, heartbeatMs).unref();
    },
    isConnected,
    async publish(message) {
      if (beatAt !== null && performance.now() - beatAt > publishDeadlineMs) throw new Error('Redis does not answer');
      await withTimeout(publishDeadlineMs, 'Redis', () => publisher.publish(channel, message));
    },
    async close() {
      isClosed = true;
      if (beats !== null) clearInterval(beats);
      for (const client of clients) client.destroy();
      loseTrust();
    },
  };
}

function checked(options: RedisBusOptions): { url: string; channel: string } {
  const { url, channel = 'durin', ...unknown } = options;
  refuseUnknown('redisBus', url, unknown);
  if (typeof channel !== 'string' || channel === '')
    throw new DurinUsageError('redisBus: channel must be a string that is not empty');
  return { url, channel };
}
