import { createClient } from 'redis';
import { withTimeout } from '../../async/with-timeout.ts';
import { neededCommands, type RedisFacts } from './judge-redis.ts';

type Ask = (...command: string[]) => Promise<unknown>;

/**
 * Reads what a Redis says about itself, on a connection of its own. Changes nothing: commands are tried with ACL DRYRUN.
 * @throws an error of the connection, or of a timeout
 */
export async function readRedis(url: string, timeoutMs: number): Promise<RedisFacts> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {}); // connect() rejects with it
  async function read(): Promise<RedisFacts> {
    await client.connect();
    return readFacts((...command) => client.sendCommand(command));
  }
  try {
    return await withTimeout(read, { timeoutMs, service: 'Redis' });
  } finally {
    if (client.isOpen) client.destroy();
  }
}

async function readFacts(ask: Ask): Promise<RedisFacts> {
  const info = await orNull(async () => parseInfo(String(await ask('INFO'))));
  const save = await orNull(async () => toTexts(await ask('CONFIG', 'GET', 'save')).at(-1) ?? '');
  const isAppending = info?.get('aof_enabled') === '1';
  const maxMemory = info?.get('maxmemory');
  return {
    version: info?.get('redis_version') ?? null,
    policy: info?.get('maxmemory_policy') ?? null,
    maxMemory: maxMemory === undefined ? null : Number(maxMemory),
    isPersistent: save === null ? isAppending || null : isAppending || save !== '',
    denied: await orNull(() => readDenied(ask)),
  };
}

async function readDenied(ask: Ask): Promise<string[]> {
  const user = String(await ask('ACL', 'WHOAMI'));
  const answers = await Promise.all(
    neededCommands.map(async (name) => ({
      name,
      answer: String(await ask('ACL', 'DRYRUN', user, name, ...argumentsOf(name))),
    })),
  );
  return answers.filter(({ answer }) => answer !== 'OK').map(({ name }) => name);
}

/** Arguments that Redis takes for the command. The name of a key is like one of durin's. */
function argumentsOf(name: (typeof neededCommands)[number]): string[] {
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
    case 'info':
      return [];
    case 'eval':
      return ['return 1', '0'];
    case 'evalsha':
      return ['e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'];
  }
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null; // the user may not ask, or the server is too old
  }
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** A map or a list, by the version of the protocol. */
function toTexts(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.map(String);
  return typeof reply === 'object' && reply !== null ? Object.values(reply).map(String) : [String(reply)];
}
