import { createHash } from 'node:crypto';

/** A client of its own for one server, which durin connects and closes. */
export interface NodeClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  unref(): void;
  on(event: NodeEvent, listener: (error?: unknown) => void): unknown;
  publish(channel: string, message: string): Promise<unknown>;
  sPublish(channel: string, message: string): Promise<unknown>;
  subscribe(channels: string[], listener: MessageListener): Promise<unknown>;
  sSubscribe(channels: string[], listener: MessageListener): Promise<unknown>;
}

/** The events that are used. The package has no types of its events. */
export type NodeEvent = 'connect' | 'end' | 'error' | 'sharded-channel-moved';

export type MessageListener = (message: string, channel: string) => void;

/** What a source learns from the events of its connections. */
export interface SourceListener {
  /** No call may have worked since. */
  failed(error: unknown): void;
  /** One server of several cannot be reached. */
  nodeFailed(error: unknown): void;
  /** A key may lie on another server than before. */
  changed(): void;
}

/** A Redis, whatever it consists of: a server, a cluster, or a server that sentinels choose. */
export interface RedisSource {
  /** Whether its keys lie on several servers. */
  readonly isCluster: boolean;
  /** Sends a command about a key to the server that holds it, never to a replica. */
  send(key: string, words: string[]): Promise<unknown>;
  /** A short text for each key about the server that holds it: another one once it was restarted or replaced. */
  serversOf(keys: readonly string[]): Promise<string[]>;
  /** Creates a client for the server that holds the key, not connected yet, which does not reconnect. */
  createNodeClient(key: string): Promise<NodeClient>;
  /** Returns a function that removes the listener. */
  listen(listener: SourceListener): () => void;
}

/** Something of the package `redis` that emits events. */
export interface Emitting {
  on(event: string, listener: (error?: unknown) => void): unknown;
  off(event: string, listener: (error?: unknown) => void): unknown;
}

/** Listens to several events, and returns what ends that. */
export function listenTo(
  emitter: Emitting,
  listeners: Readonly<Record<string, (error?: unknown) => void>>,
): () => void {
  for (const [event, listener] of Object.entries(listeners)) emitter.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) emitter.off(event, listener);
  };
}

export const askForServer = ['INFO', 'replication'];
const idLength = 16;

/**
 * Shortens what a server answers about its replication to its replication id, which is a new one after each start and each
 * promotion.
 */
export function nameOfServer(info: unknown): string {
  const [, id = ''] = /master_replid:(\w+)/.exec(String(info)) ?? [];
  return id.slice(0, idLength);
}

/** A name of several servers together, whatever their order: another one once one of them has another name. */
export function nameOfServers(names: readonly string[]): string {
  return createHash('sha256').update(names.toSorted().join()).digest('hex').slice(0, idLength);
}

/** The options of a client for messages: it fails instead of waiting, and does not reconnect. */
export function nodeClientOptions(socket: object | undefined) {
  return {
    disableOfflineQueue: true,
    pingInterval: 0,
    socket: { connectTimeout: 1000, ...socket, reconnectStrategy: false as const },
  };
}
