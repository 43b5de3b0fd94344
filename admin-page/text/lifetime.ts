import { secondsPer, writeDuration } from '../../src/values/units.ts';

/** A token's lifetime: seconds on the server, words in the page, and the text of a form field. */

const units = [
  ['d', 'day'],
  ['h', 'hour'],
  ['m', 'minute'],
  ['s', 'second'],
] as const;

/** `14 days`, `1 hour 30 minutes`; for `null`, `never expires`. */
export function lifetimeInWords(seconds: number | null): string {
  if (seconds === null) return 'never expires';
  let rest = seconds;
  const words: string[] = [];
  for (const [letter, unit] of units) {
    const count = Math.floor(rest / secondsPer[letter]);
    rest -= count * secondsPer[letter];
    if (count > 0) words.push(`${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}

/** The text of a form field: `14d`, `90m`; for `null`, `never`. */
export function lifetimeToText(seconds: number | null): string {
  return seconds === null ? 'never' : writeDuration(seconds);
}

/**
 * Converts the text of a form field for the server, which validates it. An empty text is `undefined`, the default. Digits
 * are seconds.
 */
export function lifetimeFromText(text: string | null | undefined): string | number | null | undefined {
  const typed = text?.trim().toLowerCase() ?? '';
  if (typed === '') return undefined;
  if (typed === 'never') return null;
  return /^\d+$/.test(typed) ? Number(typed) : typed.replaceAll(/\s+/g, '');
}
