import type { api } from '../app/connection.ts';

/** A key as the server lists it. */
export type OwnKey = (typeof api.auth.keys.list)['~types']['output'][number];

/** A key that was just created, with the key itself. */
export type CreatedKey = (typeof api.auth.keys.create)['~types']['output'];

/** What to call a key: its name, which only keys that the server issued may lack. */
export function nameOf({ name, preview }: Pick<OwnKey, 'name' | 'preview'>): string {
  return name ?? preview;
}

/**
 * How far the replacement of a key is: `waiting` for the first use of the new key, or `begun` by it. `null`: it is not being
 * replaced. Two valid keys have one name only while one replaces the other.
 */
export function replacementOf(key: OwnKey, keys: readonly OwnKey[]): 'waiting' | 'begun' | null {
  if (keys.some(({ replaces }) => replaces === key.id)) return 'waiting';
  const isNewer = (other: OwnKey) => other.name === key.name && Date.parse(other.created) > Date.parse(key.created);
  const isReplaced = !key.hasExpired && keys.some((other) => !other.hasExpired && isNewer(other));
  return isReplaced ? 'begun' : null;
}
