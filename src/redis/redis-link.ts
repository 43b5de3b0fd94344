import type { NodeClient, RedisSource } from './redis-source.ts';

export interface RedisLinkOptions {
  /** The Redis that carries the messages. Rejects while it cannot be reached. */
  readonly source: () => Promise<RedisSource>;
  /** On a cluster they have one hash tag, so one server carries all of them. */
  readonly channels: readonly [string, ...string[]];
  readonly onMessage: (message: string, channel: string) => void;
  /** Called once it is subscribed and can publish. */
  readonly onOpened: () => void;
  /** Called once, when it could not connect, is lost or is closed, with the error if there is one. It does not reconnect. */
  readonly onEnd: (error?: unknown) => void;
}

/** A connection to Redis that listens, and one that publishes. They are there together, or not at all. */
export interface RedisLink {
  publish(channel: string, message: string): Promise<unknown>;
  close(): void;
}

const refuse = () => Promise.reject(new Error('the connection is not open'));

/** A frozen server may take a connection, and answer nothing on it. */
const openTimeoutMs = 2000;

/**
 * On a cluster it uses sharded channels: their server refuses messages once another one has their slot, so those that
 * publish and those that listen are at the same server.
 */
export function openRedisLink({ source, channels, onMessage, onOpened, onEnd }: RedisLinkOptions): RedisLink {
  const connected = new Set<NodeClient>();
  let publish: RedisLink['publish'] = refuse;
  let isOver = false;

  function end(error?: unknown): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    for (const client of connected) if (client.isOpen) client.destroy();
    onEnd(error);
  }

  function watch(client: NodeClient): void {
    client.unref();
    client.on('error', end);
    client.on('end', () => end());
    client.on('sharded-channel-moved', () => end(new Error('another server has the channel now')));
    client.on('connect', () => {
      if (isOver)
        client.destroy(); // until now it had no socket to destroy
      else connected.add(client);
    });
  }

  function receive(message: string, channel: string): void {
    if (!isOver) onMessage(message, channel);
  }

  async function open(): Promise<void> {
    const { isCluster, send, createNodeClient } = await source();
    if (isCluster) await send(channels[0], ['EXISTS', channels[0]]); // learns which server has the slot now
    const [subscriber, publisher] = await Promise.all([createNodeClient(channels[0]), createNodeClient(channels[0])]);
    const clients = [subscriber, publisher];
    clients.forEach(watch);
    await Promise.all(clients.map((client) => client.connect()));
    if (isCluster) await subscriber.sSubscribe([...channels], receive);
    else await subscriber.subscribe([...channels], receive);
    publish = (channel, message) =>
      isCluster ? publisher.sPublish(channel, message) : publisher.publish(channel, message);
    clearTimeout(deadline);
    if (!isOver) onOpened();
  }

  const noAnswer = new Error(`Redis did not answer within ${openTimeoutMs} ms`);
  const deadline = setTimeout(end, openTimeoutMs, noAnswer).unref();
  open().catch(end);
  return { publish: (channel, message) => publish(channel, message), close: () => end() };
}
