import { parseDuration } from '../values/duration.ts';
import { secondsPer } from '../values/units.ts';

const { d: day, h: hour, m: minute, s: second } = secondsPer;

/** Django's notation: `14 00:00:00`, `14 days, 0:00:00`, `12:00:00`, `15:00`, `90`. Days, hours, minutes, seconds. */
const django = /^(?:(\d{1,5}) (?:days?, )?)?(?:(?:(\d{1,7}):)?(\d{1,8}):)?(\d{1,10})(?:\.0{1,6})?$/;

/** `P14D`, `P2W`, `PT12H`, `P1DT12H30M`. No months and years, because their lengths vary. */
const iso8601 = /^P(?=[\dT])(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,10})S)?)?$/i;

/**
 * Parses a lifetime in durin's notation, Django's or that of ISO 8601. Returns seconds; `null` for `never`.
 * @throws DurinUsageError naming `subject`
 */
export function parseTokenTtl(typed: string, subject: string): number | null {
  const text = typed.trim();
  if (text.toLowerCase() === 'never') return null;
  const seconds =
    sumOf(django.exec(text), [day, hour, minute, second]) ??
    sumOf(iso8601.exec(text), [7 * day, day, hour, minute, second]);
  return parseDuration(seconds ?? text.toLowerCase(), subject);
}

/** @param lengths seconds in one unit of each group */
function sumOf(match: readonly (string | undefined)[] | null, lengths: readonly number[]): number | null {
  if (match === null) return null;
  return lengths.reduce((sum, length, index) => sum + length * Number(match[index + 1] ?? 0), 0);
}

/** `14d`, `90m`, `never`. */
export function printTokenTtl(seconds: number | null): string {
  if (seconds === null) return 'never';
  const longestFirst = Object.entries(secondsPer).toReversed();
  const [unit, length] = longestFirst.find(([, candidate]) => seconds % candidate === 0) ?? ['s', second];
  return `${seconds / length}${unit}`;
}
