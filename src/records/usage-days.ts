import { secondsPer } from '../values/units.ts';

const dayMs = secondsPer.d * 1000;

/** The day of an instant in UTC, such as `2026-11-23`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The last days in UTC, today included, the earliest first. */
export function lastDays(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, index) => dayOf(now - (count - 1 - index) * dayMs));
}
