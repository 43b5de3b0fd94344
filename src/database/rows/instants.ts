/** SQL that selects an instant as seconds since 1970: a number, so that no text is parsed. `toInstant` reads it. */
export function epochOf(expression: string): string {
  return `date_part('epoch', ${expression})`;
}

/** Rounds to whole milliseconds, the precision of the columns: the fraction of a floating-point number may be off. */
export function toInstant(seconds: unknown): Date | null {
  return seconds === null ? null : new Date(Math.round(Number(seconds) * 1000));
}

/** An instant as an SQL parameter. */
export function toParameter(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
