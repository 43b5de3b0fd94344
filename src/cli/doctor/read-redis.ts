import { reasonOf } from '../../health/reason-of.ts';
import { type AskRedis, askRedis, orNull, parseInfo } from './ask-redis.ts';
import { findRedisNodes, type RedisNode } from './find-redis-nodes.ts';
import type { RedisFacts, RedisReading } from './judge-redis.ts';
import {
  type DeniedRights,
  type NeededCommand,
  type NeededRights,
  neededRights,
  type RedisSetting,
} from './redis-rights.ts';

/**
 * Reads what a Redis says about itself: of a cluster, and behind sentinels, each master. Changes nothing: commands are tried
 * with ACL DRYRUN.
 * @param limitPrefix starts the keys of the limits. Default: as without `throttle.prefix`
 * @throws an error of the connection, or of a timeout. A master that cannot be asked is in what is returned.
 */
export async function readRedis(
  url: string,
  timeoutMs: number,
  limitPrefix: string | null = null,
): Promise<RedisReading[]> {
  const nodes = await findRedisNodes(url, timeoutMs);
  return Promise.all(nodes.map((node) => readNode(node, timeoutMs, limitPrefix ?? 'durin:rate:doctor')));
}

async function readNode(
  { url, name, isInCluster }: RedisNode,
  timeoutMs: number,
  limitPrefix: string,
): Promise<RedisReading> {
  const needed = isInCluster ? neededRights.cluster : neededRights.server;
  try {
    return {
      node: name,
      kind: 'read',
      facts: await askRedis(url, timeoutMs, (ask) => readFacts(ask, needed, limitPrefix)),
    };
  } catch (error) {
    if (name === null) throw error;
    return { node: name, kind: 'failed', reason: reasonOf(error) };
  }
}

async function readFacts(ask: AskRedis, needed: NeededRights, limitPrefix: string): Promise<RedisFacts> {
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
    denied: await orNull(() => readDenied(ask, needed, limitPrefix)),
  };
}

/** The answer about a key or a channel that the user may not use. Those of the cache may start with a prefix of the app's own. */
const isAboutName = /'[^']*' (?:key|channel)$/;

async function readDenied(ask: AskRedis, needed: NeededRights, limitPrefix: string): Promise<DeniedRights> {
  const user = String(await ask('ACL', 'WHOAMI'));
  const deniedFor = async (setting: RedisSetting, key: string) => {
    const answers = await Promise.all(
      needed[setting].map(async (name) => ({
        name,
        answer: String(await ask('ACL', 'DRYRUN', user, ...name.split('|'), ...argumentsOf(name, key))),
      })),
    );
    const isDenied = (answer: string) => answer !== 'OK' && !(setting !== 'throttle.redis' && isAboutName.test(answer));
    return answers.filter(({ answer }) => isDenied(answer)).map(({ name }) => name);
  };
  const [store, bus, limits] = await Promise.all([
    deniedFor('cache.store', 'durin:doctor'),
    deniedFor('cache.bus', 'durin:doctor'),
    deniedFor('throttle.redis', `${limitPrefix}:doctor`),
  ]);
  return { 'cache.store': store, 'cache.bus': bus, 'throttle.redis': limits };
}

/** Arguments that Redis takes for the command. The names of keys and channels are like durin's. */
function argumentsOf(name: NeededCommand, key: string): string[] {
  switch (name) {
    case 'get':
    case 'mget':
    case 'del':
    case 'subscribe':
    case 'pttl':
      return [key];
    case 'set':
    case 'publish':
    case 'zscore':
      return [key, ''];
    case 'incrby':
    case 'expire':
      return [key, '1'];
    case 'zadd':
    case 'zremrangebyrank':
      return [key, '0', '0'];
    case 'exists':
    case 'ssubscribe':
      return [`{${key}}`];
    case 'spublish':
      return [`{${key}}`, ''];
    case 'info':
    case 'cluster|slots':
    case 'asking':
      return [];
    case 'eval':
      return ['return 1', '1', key];
  }
}

/** A map or a list, by the version of the protocol. */
function toTexts(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.map(String);
  return typeof reply === 'object' && reply !== null ? Object.values(reply).map(String) : [String(reply)];
}
