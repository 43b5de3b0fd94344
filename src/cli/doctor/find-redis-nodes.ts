import { ErrorReply } from 'redis';
import { type AskRedis, askRedis, orNull, parseInfo } from './ask-redis.ts';

/** A server that takes writes. */
export interface RedisNode {
  readonly url: string;
  /** Host and port; `null`: it is the only one, at the URL that was named. */
  readonly name: string | null;
  readonly isInCluster: boolean;
}

/**
 * Finds the masters of a cluster, those that a sentinel watches, or the server itself. The user and the password of the URL are
 * those of the masters. A sentinel that refuses them is asked without.
 * @throws an error of the connection, or of a timeout, or if no master is known
 */
export async function findRedisNodes(url: string, timeoutMs: number): Promise<RedisNode[]> {
  const nodes = await askForNodes(url, timeoutMs);
  if (nodes.length === 0) throw new Error('it knows no master');
  return nodes;
}

async function askForNodes(url: string, timeoutMs: number): Promise<RedisNode[]> {
  try {
    return await askRedis(url, timeoutMs, (ask) => readNodes(ask, url));
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    const { protocol, host } = new URL(url);
    const nodes = await orNull(() =>
      askRedis(`${protocol}//${host}`, timeoutMs, async (ask) =>
        (await readMode(ask)) === 'sentinel' ? readWatched(ask, url) : null,
      ),
    );
    if (nodes === null) throw error;
    return nodes;
  }
}

async function readNodes(ask: AskRedis, url: string): Promise<RedisNode[]> {
  const mode = await readMode(ask);
  if (mode === 'sentinel') return readWatched(ask, url);
  const masters = mode === 'standalone' ? null : await orNull(() => readMasters(ask, url));
  return masters ?? [{ url, name: null, isInCluster: mode === 'cluster' }];
}

/** `standalone`, `cluster` or `sentinel`; `null`: the user may not ask. Some versions of Valkey have a word of their own. */
async function readMode(ask: AskRedis): Promise<string | null> {
  const info = await orNull(async () => parseInfo(await ask('INFO', 'server')));
  return info?.get('redis_mode') ?? info?.get('server_mode') ?? null;
}

async function readMasters(ask: AskRedis, url: string): Promise<RedisNode[]> {
  const ranges = toList(await ask('CLUSTER', 'SLOTS'));
  const addresses = ranges.map((range) => {
    const [host, port] = toList(toList(range)[2]);
    return toAddress(host, port);
  });
  return Array.from(new Set(addresses), (address) => nodeAt(address, url, true));
}

async function readWatched(ask: AskRedis, url: string): Promise<RedisNode[]> {
  const masters = toList(await ask('SENTINEL', 'MASTERS'));
  const fields = masters.map(toFields);
  // The password is for one of them, and is sent to no other.
  if (fields.length > 1)
    throw new Error(
      `it watches several masters, ${fields.map((field) => String(field.get('name'))).join(', ')}: name the one of the app`,
    );
  return fields.map((field) => nodeAt(toAddress(field.get('ip'), field.get('port')), url, false));
}

/** @param address host and port. A server that does not know its own host leaves it out. */
function nodeAt(address: string, url: string, isInCluster: boolean): RedisNode {
  const node = new URL(url);
  node.host = address.startsWith(':') ? `${node.hostname}${address}` : address;
  return { url: node.href, name: node.host, isInCluster };
}

function toAddress(given: unknown, port: unknown): string {
  const host = typeof given === 'string' && given !== '?' ? given : '';
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** A map or a list of names and values, by the version of the protocol. */
function toFields(reply: unknown): Map<string, unknown> {
  if (!Array.isArray(reply)) return new Map(Object.entries(reply ?? {}));
  const pairs = reply.flatMap((name, index) => (index % 2 === 0 ? [[String(name), reply[index + 1]] as const] : []));
  return new Map(pairs);
}

function toList(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}
