import { createClient } from 'redis';
import { createClientSource } from './client-source.ts';
import { type OpenedRedis, openRedis, tickMs } from './open-redis.ts';
import type { RedisInput } from './redis-input.ts';
import type { RedisSource, SourceListener } from './redis-source.ts';

/** A connection to a Redis: the app's, or one that durin opens at the first call, and opens again when it is stuck. */
export interface RedisConnection {
  /** Waits until it is open. Rejects while it cannot be opened. */
  source(): Promise<RedisSource>;
  /** Closes it, unless it is the app's. */
  close(): void;
}

export function connectRedis(input: RedisInput, listener: SourceListener): RedisConnection {
  if (input.kind === 'connected') {
    const stopListening = input.source.listen(listener);
    return { source: async () => input.source, close: stopListening };
  }
  return openLazily(() => openRedis(input), listener);
}

/** The same for messages, which go over clients of their own: nothing is opened that only commands would need. */
export function connectForMessages(input: RedisInput, listener: SourceListener): RedisConnection {
  switch (input.kind) {
    case 'client': {
      const source = createClientSource(createClient(input.options));
      return { source: async () => source, close() {} };
    }
    case 'cluster':
      return connectRedis({ ...input, options: { ...input.options, minimizeConnections: true } }, listener);
    case 'sentinel':
    case 'connected':
      return connectRedis(input, listener);
  }
}

function openLazily(create: () => OpenedRedis, listener: SourceListener): RedisConnection {
  let opened: OpenedRedis | null = null;
  let opening: Promise<RedisSource> | null = null;
  let ticks: NodeJS.Timeout | null = null;
  let isClosed = false;

  function letGo(): void {
    if (ticks !== null) clearInterval(ticks);
    ticks = null;
    opened?.destroy();
    opened = null;
    opening = null;
  }

  /** One at a time, because each write to a dead connection would restart that connection's socket timeout. */
  function startToTick(tick: () => Promise<unknown>): void {
    let isBusy = false;
    const tickOnce = async () => {
      if (isBusy) return;
      isBusy = true;
      await tick().catch(() => {});
      isBusy = false;
    };
    ticks = setInterval(() => void tickOnce(), tickMs).unref();
  }

  async function openOnce(): Promise<RedisSource> {
    const current = create();
    opened = current;
    current.source.listen(listener);
    if (current.tick) startToTick(current.tick);
    try {
      await current.connect();
    } catch (error) {
      if (opened === current) letGo();
      throw error;
    }
    return current.source;
  }

  return {
    async source() {
      if (isClosed) throw new Error('the store is closed');
      if (opened?.isStuck?.() === true) letGo();
      opening ??= openOnce();
      return opening;
    },
    close() {
      isClosed = true;
      letGo();
    },
  };
}
