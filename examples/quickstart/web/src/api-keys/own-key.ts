import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../../router.ts';

type Outputs = inferRouterOutputs<AppRouter>['auth']['keys'];

/** A key as the server lists it. */
export type OwnKey = Outputs['list'][number];

/** A key that was just created, with the key itself. */
export type CreatedKey = Outputs['create'];

/** What to call a key: its name, which only keys that the server issued may lack. */
export function nameOf({ name, preview }: Pick<OwnKey, 'name' | 'preview'>): string {
  return name ?? preview;
}

const hasName = ({ name }: OwnKey, key: OwnKey) => name !== null && name === key.name;

/**
 * How far the replacement of a key is: `waiting` for the first use of the new key, or `begun` by it. `null`: it is not being
 * replaced. Two valid keys have one name only while one replaces the other.
 */
export function replacementOf(key: OwnKey, keys: readonly OwnKey[]): 'waiting' | 'begun' | null {
  if (keys.some(({ replaces }) => replaces === key.id)) return 'waiting';
  const isNewer = (other: OwnKey) => Date.parse(other.created) > Date.parse(key.created);
  const isReplaced = keys.some((other) => hasName(other, key) && !other.hasExpired && isNewer(other));
  return isReplaced && !key.hasExpired ? 'begun' : null;
}
