import type { Scope } from '../session-cache.ts';

/**
 * The hash tags of the buckets: their slots lie in the middle of each sixteenth of a Redis cluster, so every shard has its
 * part of them. All processes use the same buckets, whatever their store is: what one announces, the others must find.
 */
const tags = [
  '04s',
  '15s',
  '26s',
  '37s',
  '40s',
  '51s',
  '62s',
  '73s',
  '83r',
  '92r',
  'aoo',
  'b1h',
  'c00',
  'd7h',
  'eko',
  'fy5',
] as const;

/** Keys of one bucket lie in one slot of a cluster, and so on one server. */
export type Bucket = (typeof tags)[number];

export const buckets: readonly Bucket[] = tags;

const [firstTag] = tags;

/** The bucket of a scope's fence, by the FNV-1a hash of its name. */
export function bucketOf(scope: Scope): Bucket {
  let hash = 0x811c9dc5;
  for (let index = 0; index < scope.length; index += 1) hash = Math.imul(hash ^ scope.charCodeAt(index), 0x01000193);
  return tags[(hash >>> 24) % tags.length] ?? firstTag;
}

/** A key in a bucket: a Redis cluster looks only at what is in braces. */
export function keyIn(bucket: Bucket, kind: string, name: string): string {
  return `durin:${kind}:{${bucket}}:${name}`;
}
