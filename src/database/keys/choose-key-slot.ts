import { maxSessionsLimit } from '../../values/client-fields.ts';
import { foldName } from '../../values/fold-name.ts';

/** A key that a user holds for a client. */
export interface HeldKey {
  readonly id: string;
  readonly slot: number;
  readonly name: string | null;
  readonly isValid: boolean;
  /** The keys that it replaces from its first use on, the latest first. After that, the one that works on. */
  readonly replaces: readonly string[];
  /** Whether it replaces them still, because it was not used yet. */
  readonly isUnused: boolean;
  /** When it expires, in any unit; `null`: never. */
  readonly expiresAt: number | null;
}

export interface KeySlotRules {
  /** The new key's name; `null`: none. Not read if it replaces a key, whose name it has. */
  readonly name: string | null;
  /** The keys that a user may have. A valid key and those that it replaces, or has replaced, count once. */
  readonly max: number;
  /** The key that the new one replaces; `null`: none. */
  readonly replaces: string | null;
}

/** What to do with a new key. `ended` are the ids of the keys that end for it. */
export type KeySlotChoice =
  | { readonly choice: 'name-taken' | 'key-limit' | 'key-not-found' }
  | { readonly choice: 'issue'; readonly slot: number; readonly ended: readonly string[] };

/** The rows that a user may have besides `max`: keys that expired, that work on for a while after a roll, or replace others. */
const maxUncounted = maxSessionsLimit;

/**
 * Chooses the slot of a new key: the lowest free one. A key that was rolled before, and whose successor was never used, is
 * rolled anew: that successor ends, because its answer may have been lost. A key whose successor was used is retired, and not
 * rolled: it works on for the overlap, uncounted, and a roll would make a full key of it. Expired keys stay until they are
 * purged, unless there is no other slot.
 */
export function chooseKeySlot(held: readonly HeldKey[], { name, max, replaces }: KeySlotRules): KeySlotChoice {
  const valid = held.filter(({ isValid }) => isValid);
  if (replaces !== null) {
    const successors = valid.filter((key) => key.replaces.includes(replaces));
    const isRetired = successors.some(({ isUnused }) => !isUnused);
    if (isRetired || !valid.some(({ id }) => id === replaces)) return { choice: 'key-not-found' };
    return chooseFree(held, max, idsOf(successors));
  }
  if (name !== null && isNameTaken(name, valid)) return { choice: 'name-taken' };
  const replaced = new Set(valid.flatMap((key) => key.replaces));
  if (valid.filter(({ id }) => !replaced.has(id)).length >= max) return { choice: 'key-limit' };
  return chooseFree(held, max, []);
}

/**
 * Whether one of a user's valid keys has this name, in any way to write it.
 * @param renamed the key that is to have it: its own name, and those of the keys before and after it in its line, are free
 */
export function isNameTaken(name: string, valid: readonly HeldKey[], renamed?: HeldKey): boolean {
  const isSame = (key: HeldKey) => key.name !== null && foldName(key.name) === foldName(name);
  if (renamed === undefined) return valid.some(isSame);
  if (isSame(renamed)) return false;
  const isOfLine = (key: HeldKey) => key.replaces.includes(renamed.id) || renamed.replaces.includes(key.id);
  return valid.some((key) => isSame(key) && !isOfLine(key));
}

function chooseFree(held: readonly HeldKey[], max: number, ended: readonly string[]): KeySlotChoice {
  const staying = held.filter(({ id }) => !ended.includes(id));
  const taken = new Set(staying.map(({ slot }) => slot));
  const slots = Array.from({ length: max + maxUncounted }, (_, slot) => slot);
  const free = slots.find((slot) => !taken.has(slot));
  if (free !== undefined) return { choice: 'issue', slot: free, ended };
  const [oldest] = staying
    .filter(({ isValid }) => !isValid)
    .toSorted((a, b) => Number(a.expiresAt) - Number(b.expiresAt));
  if (oldest === undefined) return { choice: 'key-limit' };
  return { choice: 'issue', slot: oldest.slot, ended: [...ended, oldest.id] };
}

function idsOf(keys: readonly HeldKey[]): string[] {
  return keys.map(({ id }) => id);
}
