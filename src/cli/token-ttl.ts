import { parseDuration } from '../values/duration.ts';

/** `14 00:00:00`, `14 days, 0:00:00`, `12:00:00`, `15:00`, `90`: days, hours, minutes and seconds, as Django writes them. */
const django = /^(?:(\d{1,5}) (?:days?, )?)?(?:(?:(\d{1,7}):)?(\d{1,8}):)?(\d{1,10})(?:\.0{1,6})?$/;

/** `P14D`, `P2W`, `PT12H`, `P1DT12H30M`. Not months and years, whose lengths differ. */
const iso8601 = /^P(?=[\dT])(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,10})S)?)?$/i;

/**
 * Seconds of a lifetime as people type it: in durin's own form, Django's or that of ISO 8601; `null` for `never`.
 * @throws DurinUsageError naming `subject`
 */
export function parseTokenTtl(typed: string, subject: string): number | null {
  const text = typed.trim();
  if (text.toLowerCase() === 'never') return null;
  const seconds =
    secondsOf(django.exec(text), [86_400, 3600, 60, 1]) ??
    secondsOf(iso8601.exec(text), [604_800, 86_400, 3600, 60, 1]);
  return parseDuration(seconds ?? text.toLowerCase(), subject);
}

function secondsOf(match: readonly (string | undefined)[] | null, units: readonly number[]): number | null {
  if (match === null) return null;
  return units.reduce((sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0), 0);
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** `14d`, `90m`, `never`. */
export function printTokenTtl(seconds: number | null): string {
  if (seconds === null) return 'never';
  const [unit, length] = units.find((candidate) => seconds % candidate[1] === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}
