import { createQuietClient } from './redis-connection.ts';

export interface RedisLinkOptions {
  readonly url: string;
  readonly channels: string[];
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

/** A frozen server may take a connection, and answer nothing on it. */
const openTimeoutMs = 2000;

export function openRedisLink({ url, channels, onMessage, onOpened, onEnd }: RedisLinkOptions): RedisLink {
  const create = () => createQuietClient(url, { reconnectStrategy: false });
  const subscriber = create();
  const publisher = create();
  const clients = [subscriber, publisher];
  const connected = new Set<typeof subscriber>();
  let isOver = false;

  function end(error?: unknown): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    for (const client of connected) if (client.isOpen) client.destroy();
    onEnd(error);
  }

  async function open(): Promise<void> {
    await Promise.all(clients.map((client) => client.connect()));
    await subscriber.subscribe(channels, (message, channel) => {
      if (!isOver) onMessage(message, channel);
    });
    clearTimeout(deadline);
    if (!isOver) onOpened();
  }

  const noAnswer = new Error(`Redis did not answer within ${openTimeoutMs} ms`);
  const deadline = setTimeout(end, openTimeoutMs, noAnswer).unref();
  for (const client of clients) {
    client.on('error', end).on('end', () => end());
    client.on('connect', () => {
      if (isOver)
        client.destroy(); // until now it had no socket to destroy
      else connected.add(client);
    });
  }
  open().catch(end);
  return { publish: (channel, message) => publisher.publish(channel, message), close: () => end() };
}
