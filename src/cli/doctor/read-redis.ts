import { reasonOf } from '../../health/reason-of.ts';
import { type AskRedis, askRedis, orNull, parseInfo } from './ask-redis.ts';
import { findRedisNodes, type RedisNode } from './find-redis-nodes.ts';
import { type NeededCommand, neededCommands, type RedisFacts, type RedisReading } from './judge-redis.ts';

/**
 * Reads what a Redis says about itself: of a cluster, and behind sentinels, each master. Changes nothing: commands are tried
 * with ACL DRYRUN.
 * @throws an error of the connection, or of a timeout. A master that cannot be asked is in what is returned.
 */
export async function readRedis(url: string, timeoutMs: number): Promise<RedisReading[]> {
  const nodes = await findRedisNodes(url, timeoutMs);
  return Promise.all(nodes.map((node) => readNode(node, timeoutMs)));
}

async function readNode({ url, name, isInCluster }: RedisNode, timeoutMs: number): Promise<RedisReading> {
  const needed = isInCluster ? neededCommands.cluster : neededCommands.server;
  try {
    return { node: name, kind: 'read', facts: await askRedis(url, timeoutMs, (ask) => readFacts(ask, needed)) };
  } catch (error) {
    if (name === null) throw error;
    return { node: name, kind: 'failed', reason: reasonOf(error) };
  }
}

async function readFacts(ask: AskRedis, needed: readonly NeededCommand[]): Promise<RedisFacts> {
  const info = await orNull(async () => parseInfo(await ask('INFO')));
  const save = await orNull(async () => toTexts(await ask('CONFIG', 'GET', 'save')).at(-1) ?? '');
  const isAppending = info?.get('aof_enabled') === '1';
  const maxMemory = info?.get('maxmemory');
  return {
    version: info?.get('redis_version') ?? null,
    policy: info?.get('maxmemory_policy') ?? null,
    maxMemory: maxMemory === undefined ? null : Number(maxMemory),
    isPersistent: save === null ? isAppending || null : isAppending || save !== '',
    needed,
    denied: await orNull(() => readDenied(ask, needed)),
  };
}

async function readDenied(ask: AskRedis, needed: readonly NeededCommand[]): Promise<string[]> {
  const user = String(await ask('ACL', 'WHOAMI'));
  const answers = await Promise.all(
    needed.map(async (name) => ({
      name,
      answer: String(await ask('ACL', 'DRYRUN', user, ...name.split('|'), ...argumentsOf(name))),
    })),
  );
  return answers.filter(({ answer }) => answer !== 'OK').map(({ name }) => name);
}

/** Arguments that Redis takes for the command. The names of keys and channels are like durin's. */
function argumentsOf(name: NeededCommand): string[] {
  switch (name) {
    case 'get':
    case 'mget':
    case 'del':
    case 'subscribe':
    case 'pttl':
      return ['durin:doctor'];
    case 'set':
    case 'publish':
    case 'zscore':
      return ['durin:doctor', ''];
    case 'incrby':
    case 'expire':
      return ['durin:doctor', '1'];
    case 'zadd':
    case 'zremrangebyrank':
      return ['durin:doctor', '0', '0'];
    case 'exists':
    case 'ssubscribe':
      return ['{durin:doctor}'];
    case 'spublish':
      return ['{durin:doctor}', ''];
    case 'info':
    case 'cluster|slots':
    case 'asking':
      return [];
    case 'eval':
      return ['return 1', '0'];
    case 'evalsha':
      return ['e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'];
  }
}

/** A map or a list, by the version of the protocol. */
function toTexts(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.map(String);
  return typeof reply === 'object' && reply !== null ? Object.values(reply).map(String) : [String(reply)];
}
