import { hashTagOf } from './hash-slot.ts';
import type { RedisSource } from './redis-source.ts';
import { isTryAgain } from './slot-watch.ts';

/**
 * Reads keys in one command, or on a cluster in one for each hash tag, all sent at once. While a slot moves from one server to
 * another, a cluster reads no several keys of it: then they are read one after the other, in their order.
 */
export async function readByTag({ isCluster, send }: RedisSource, keys: readonly string[]): Promise<unknown[]> {
  const [first] = keys;
  if (first === undefined) return [];
  if (!isCluster) return listOf(await send(first, ['MGET', ...keys]), keys);
  const parts = Map.groupBy(keys, hashTagOf);
  const read = Array.from(parts.values(), async (part) => {
    const values = await readPart(send, part);
    return part.map((key, index) => [key, values[index]] as const);
  });
  const byKey = new Map((await Promise.all(read)).flat());
  return keys.map((key) => byKey.get(key));
}

async function readPart(send: RedisSource['send'], keys: readonly string[]): Promise<unknown[]> {
  const [first = ''] = keys;
  try {
    return listOf(await send(first, ['MGET', ...keys]), keys);
  } catch (error) {
    if (!isTryAgain(error)) throw error;
  }
  const values: unknown[] = [];
  for (const key of keys) values.push(await send(key, ['GET', key]));
  return values;
}

function listOf(answer: unknown, keys: readonly string[]): unknown[] {
  if (!Array.isArray(answer) || answer.length !== keys.length)
    throw new TypeError('Redis answered with no list of values');
  return answer;
}
