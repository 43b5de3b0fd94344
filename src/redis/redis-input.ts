import type { RedisClientOptions, RedisClusterOptions, RedisSentinelOptions } from 'redis';
import { DurinUsageError } from '../errors.ts';
import { createClientSource, createPoolSource, type RedisClient, type RedisPool } from './client-source.ts';
import { createClusterSource, type RedisCluster } from './cluster-source.ts';
import {
  type ClientOptions,
  type ClusterOptions,
  clientOptionNames,
  clusterOptionNames,
  type SentinelOptions,
  sentinelOptionNames,
} from './option-names.ts';
import type { RedisSource } from './redis-source.ts';
import { judgeRedisUrl } from './redis-url.ts';
import { createSentinelSource, type RedisSentinel } from './sentinel-source.ts';

/** The options of a client, a cluster or a sentinel of the package `redis`. */
export type RedisOptions = ClientOptions | ClusterOptions | SentinelOptions;

/** A client, pool, cluster or sentinel of the package `redis` that the app has connected, and closes. */
export type ConnectedRedis = RedisClient | RedisPool | RedisCluster | RedisSentinel;

/** What the app passed, by what it is. */
export type RedisInput = { readonly isCluster: boolean } & (
  | { readonly kind: 'connected'; readonly source: RedisSource }
  | { readonly kind: 'client'; readonly options: RedisClientOptions }
  | { readonly kind: 'cluster'; readonly options: RedisClusterOptions }
  | { readonly kind: 'sentinel'; readonly options: RedisSentinelOptions }
);

/**
 * Splits what was passed into a Redis and durin's own settings, which are among the options or beside what is connected.
 * @param subject the function that it was passed to
 * @param names the names of durin's own settings
 * @throws DurinUsageError naming what is wrong
 */
export function readInput(
  subject: string,
  given: unknown,
  names: readonly string[],
  beside: unknown,
): { readonly input: RedisInput; readonly settings: Given } {
  if (!isObject(beside)) throw wrong(subject, 'takes an object as its second argument');
  refuseUnknown(subject, beside, Object.fromEntries(names.map((name) => [name, true])));
  if (!isObject(given) || isMethod(given['on']) || isMethod(given['get']))
    return { input: readRedis(subject, given), settings: beside };
  const own = Object.entries(given).filter(([name]) => names.includes(name));
  const others = Object.entries(given).filter(([name]) => !names.includes(name));
  return { input: readRedis(subject, Object.fromEntries(others)), settings: { ...Object.fromEntries(own), ...beside } };
}

function readRedis(subject: string, given: unknown): RedisInput {
  if (typeof given === 'string') throw wrong(subject, `takes an object: ${subject}({ url })`);
  if (!isObject(given)) throw wrong(subject, 'takes options, such as { url }, or a client of the package redis');
  if (isMethod(given['defineCommand']))
    throw wrong(subject, 'does not take ioredis: pass a client of the package redis, or its options');
  if (isMethod(given['sendCommand'])) {
    const source = readConnected(subject, given);
    return { kind: 'connected', isCluster: source.isCluster, source };
  }
  if (isMethod(given['get'])) throw wrong(subject, 'was given a store: pass that to cache.store itself');
  if (given['rootNodes'] !== undefined) return readCluster(subject, given);
  if (given['sentinelRootNodes'] !== undefined) return readSentinel(subject, given);
  return readClient(subject, given);
}

function readConnected(subject: string, given: Given): RedisSource {
  if (given['isOpen'] !== true) throw wrong(subject, 'was given a client that is not connected: call connect() first');
  if (isCluster(given)) return createClusterSource(given);
  if (isSentinel(given)) return createSentinelSource(given);
  if (isPool(given)) return createPoolSource(given);
  if (isClient(given)) return createClientSource(given);
  throw wrong(subject, 'takes a client, pool, cluster or sentinel of the package redis, version 6');
}

function readClient(subject: string, given: Given): RedisInput {
  refuseUnknown(subject, given, clientOptionNames);
  const { url, socket } = given;
  if (url !== undefined || !isObject(socket)) checkUrl(subject, 'url', url, socket);
  return { kind: 'client', isCluster: false, options: given };
}

function readCluster(subject: string, given: Given): RedisInput {
  refuseUnknown(subject, given, clusterOptionNames);
  const { rootNodes, ...others } = given;
  if (!Array.isArray(rootNodes) || rootNodes.length === 0 || !rootNodes.every(isObject))
    throw wrong(subject, "rootNodes must be a list such as [{ url: 'redis://localhost:7000' }]");
  for (const node of rootNodes) checkRootNode(subject, node, asObject(given['defaults']));
  return { kind: 'cluster', isCluster: true, options: { ...others, rootNodes } };
}

function readSentinel(subject: string, given: Given): RedisInput {
  refuseUnknown(subject, given, sentinelOptionNames);
  const { name, sentinelRootNodes, ...others } = given;
  if (typeof name !== 'string' || name === '') throw wrong(subject, 'name must be the name of the master');
  if (!Array.isArray(sentinelRootNodes) || sentinelRootNodes.length === 0 || !sentinelRootNodes.every(isAddress))
    throw wrong(subject, "sentinelRootNodes must be a list such as [{ host: 'localhost', port: 26379 }]");
  for (const clients of ['nodeClientOptions', 'sentinelClientOptions'])
    if (asObject(given[clients])['url'] !== undefined)
      throw wrong(subject, `${clients} must not have a url: sentinelRootNodes has the addresses`);
  return { kind: 'sentinel', isCluster: false, options: { ...others, name, sentinelRootNodes } };
}

/** A root node takes what it lacks from the defaults. */
function checkRootNode(subject: string, node: Given, defaults: Given): void {
  const { url } = { ...defaults, ...node };
  const socket = { ...asObject(defaults['socket']), ...asObject(node['socket']) };
  if (url !== undefined) checkUrl(subject, 'the url of each of rootNodes', url, socket);
}

function checkUrl(subject: string, name: string, url: unknown, socket: unknown): void {
  const complaint = judgeRedisUrl(url, asObject(socket)['tls']);
  if (complaint !== null) throw wrong(subject, `${name} ${complaint}`);
}

type Given = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asObject = (value: unknown): Given => (isObject(value) ? value : {});
const isAddress = (value: unknown): value is { host: string; port: number } =>
  isObject(value) && typeof value['host'] === 'string' && typeof value['port'] === 'number';
const isMethod = (value: unknown) => typeof value === 'function';
const isCluster = (given: object): given is RedisCluster => isMethod((given as Given)['nodeClient']);
const isSentinel = (given: object): given is RedisSentinel => isMethod((given as Given)['getSentinelNode']);
const isPool = (given: object): given is RedisPool => isMethod((given as Given)['execute']);
const isClient = (given: object): given is RedisClient => isMethod((given as Given)['duplicate']);

function wrong(subject: string, what: string): DurinUsageError {
  return new DurinUsageError(`${subject}: ${what}`.replace(`${subject}: takes`, `${subject} takes`));
}

function refuseUnknown(subject: string, given: Given, known: object): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw wrong(subject, `unknown option '${unknown}'`);
}
