import { maxSessionsLimit } from '../../values/client-fields.ts';

/** A key that a user holds for a client. */
export interface HeldKey {
  readonly id: string;
  readonly slot: number;
  readonly name: string | null;
  readonly isValid: boolean;
  /** The key that this one replaces from its first use on; `null`: none, or it was used already. */
  readonly replaces: string | null;
  /** When it expires, in any unit; `null`: never. */
  readonly expiresAt: number | null;
}

export interface KeySlotRules {
  /** The new key's name; `null`: none. Not read if it replaces a key, whose name it has. */
  readonly name: string | null;
  /** The keys that a user may have. A key and those that it replaces count once. */
  readonly max: number;
  /** The key that the new one replaces; `null`: none. */
  readonly replaces: string | null;
}

/** What to do with a new key. `ended` are the ids of the keys that end for it. */
export type KeySlotChoice =
  | { readonly choice: 'name-taken' | 'key-limit' | 'key-not-found' }
  | { readonly choice: 'issue'; readonly slot: number; readonly ended: readonly string[] };

/** The rows that a user may have besides `max`: keys that expired, and keys that work on for a while after a roll. */
const maxRetired = maxSessionsLimit;

/**
 * Chooses the slot of a new key: the lowest free one. A key that was rolled before, and whose successor was never used, is
 * rolled anew: that successor ends, since its answer may have been lost. Expired keys stay until they are purged, unless
 * there is no other slot.
 */
export function chooseKeySlot(held: readonly HeldKey[], { name, max, replaces }: KeySlotRules): KeySlotChoice {
  const valid = held.filter(({ isValid }) => isValid);
  if (replaces !== null) {
    if (!valid.some(({ id }) => id === replaces)) return { choice: 'key-not-found' };
    return chooseFree(held, max, successorsOf(replaces, valid));
  }
  if (name !== null && isNameTaken(name, valid)) return { choice: 'name-taken' };
  const replaced = new Set(valid.map((key) => key.replaces));
  if (valid.filter(({ id }) => !replaced.has(id)).length >= max) return { choice: 'key-limit' };
  return chooseFree(held, max, []);
}

/**
 * Whether one of a user's valid keys has this name, without regard to case and surrounding space.
 * @param renamed the key that is to have it: its own name, and those of the keys that it replaces or that replace it, are free
 */
export function isNameTaken(name: string, valid: readonly HeldKey[], renamed?: HeldKey): boolean {
  const isSame = (key: HeldKey) => key.name !== null && folded(key.name) === folded(name);
  if (renamed === undefined) return valid.some(isSame);
  if (isSame(renamed)) return false;
  const line = new Set([renamed.id, ...predecessorsOf(renamed, valid), ...successorsOf(renamed.id, valid)]);
  return valid.some((key) => isSame(key) && !line.has(key.id));
}

function chooseFree(held: readonly HeldKey[], max: number, ended: readonly string[]): KeySlotChoice {
  const staying = held.filter(({ id }) => !ended.includes(id));
  const taken = new Set(staying.map(({ slot }) => slot));
  const slots = Array.from({ length: max + maxRetired }, (_, slot) => slot);
  const free = slots.find((slot) => !taken.has(slot));
  if (free !== undefined) return { choice: 'issue', slot: free, ended };
  const [oldest] = staying
    .filter(({ isValid }) => !isValid)
    .toSorted((a, b) => Number(a.expiresAt) - Number(b.expiresAt));
  if (oldest === undefined) return { choice: 'key-limit' };
  return { choice: 'issue', slot: oldest.slot, ended: [...ended, oldest.id] };
}

/** The unused keys that are to replace a key, and those that are to replace them. */
function successorsOf(id: string, keys: readonly HeldKey[]): string[] {
  const next = keys.filter(({ replaces }) => replaces === id);
  return next.flatMap((key) => [key.id, ...successorsOf(key.id, keys)]);
}

function predecessorsOf({ replaces }: HeldKey, keys: readonly HeldKey[]): string[] {
  const previous = keys.find(({ id }) => id === replaces);
  return previous === undefined ? [] : [previous.id, ...predecessorsOf(previous, keys)];
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}
