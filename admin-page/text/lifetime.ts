/** A token's lifetime: in seconds as the server has it, in words to read, and as the text that is edited. */

const units = [
  ['d', 'day', 86_400],
  ['h', 'hour', 3600],
  ['m', 'minute', 60],
  ['s', 'second', 1],
] as const;

/** `14 days`, `1 hour 30 minutes`; `null` is `never expires`. */
export function lifetimeInWords(seconds: number | null): string {
  if (seconds === null) return 'never expires';
  let rest = seconds;
  const words: string[] = [];
  for (const [, unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}

/** As it is typed: `14d`, `90m`; `null` is `never`. */
export function lifetimeToText(seconds: number | null): string {
  if (seconds === null) return 'never';
  const [letter, , length] = units.find(([, , unitLength]) => seconds % unitLength === 0) ?? units[3];
  return `${seconds / length}${letter}`;
}

/**
 * What the server is sent for a typed text, which it judges. Nothing typed is `undefined`, the default; digits are
 * seconds.
 */
export function lifetimeFromText(text: string | null | undefined): string | number | null | undefined {
  const typed = text?.trim().toLowerCase() ?? '';
  if (typed === '') return undefined;
  if (typed === 'never') return null;
  return /^\d+$/.test(typed) ? Number(typed) : typed.replaceAll(/\s+/g, '');
}
