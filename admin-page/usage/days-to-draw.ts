import type { UsageDay } from '../../src/admin/admin-views.ts';

/** The days from the first one on which a token was issued or last used. The empty days before it say nothing. */
export function daysToDraw(days: readonly UsageDay[]): readonly UsageDay[] {
  const first = days.findIndex(({ issued, lastUsed }) => issued > 0 || lastUsed > 0);
  return first === -1 ? [] : days.slice(first);
}
