import type { AtLimit } from '../../../values/client-fields.ts';
import type { OnConflict } from '../../token-store.ts';

/** A token that a user holds for a client. */
export interface HeldToken {
  readonly id: string;
  readonly slot: number;
  readonly isValid: boolean;
  /** Whether the server issued it. */
  readonly isIssued: boolean;
  /** Its last use, or its creation, in any unit. */
  readonly usedAt: number;
}

export interface SlotRules {
  readonly onConflict: OnConflict;
  readonly maxSessions: number;
  /** What to do at `maxSessions`. */
  readonly atLimit: AtLimit;
  /** Whether `atLimit` also applies if the client allows one session. */
  readonly isLimitGiven: boolean;
}

/** What to do with a new token. `ended` are the ids of the tokens that end: expired ones, and those beyond the limit. */
export type SlotChoice =
  | { readonly choice: 'exists' }
  | { readonly choice: 'at-limit'; readonly ended: readonly string[] }
  | { readonly choice: 'keep'; readonly kept: string; readonly ended: readonly string[] }
  | { readonly choice: 'issue'; readonly slot: number; readonly ended: readonly string[] };

/**
 * Chooses the slot of a new token: the lowest one that no valid token has. Beyond the client's limit, the least recently used
 * tokens end. There may be more of them than one, because the limit may have been lowered.
 */
export function chooseSlot(held: readonly HeldToken[], rules: SlotRules): SlotChoice {
  const { onConflict, maxSessions, atLimit, isLimitGiven } = rules;
  const valid = held.filter(({ isValid }) => isValid).toSorted((a, b) => b.usedAt - a.usedAt || b.slot - a.slot);
  if (onConflict === 'refuse' && valid.length > 0) return { choice: 'exists' };

  const kept = maxSessions === 1 && isKeeping(onConflict) ? valid.find(({ isIssued }) => !isIssued) : undefined;
  if (kept !== undefined) {
    const others = valid.filter(({ id }) => id !== kept.id);
    return { choice: 'keep', kept: kept.id, ended: idsOf(others) };
  }
  const isLimited = maxSessions > 1 || isLimitGiven;
  if (isLimited && atLimit === 'refuse' && valid.length >= maxSessions)
    return { choice: 'at-limit', ended: idsOf(valid.slice(maxSessions)) };

  const spared = valid.slice(0, maxSessions - 1);
  const taken = new Set(spared.map(({ slot }) => slot));
  const slots = Array.from({ length: maxSessions }, (_, slot) => slot);
  const slot = slots.find((candidate) => !taken.has(candidate)) ?? 0;
  return { choice: 'issue', slot, ended: idsOf(held.filter((token) => !spared.includes(token))) };
}

function isKeeping(onConflict: OnConflict): boolean {
  return onConflict === 'keep' || onConflict === 'renew';
}

function idsOf(tokens: readonly HeldToken[]): string[] {
  return tokens.map(({ id }) => id);
}
