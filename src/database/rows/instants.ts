/** An instant as SQL gives it: seconds since 1970 as a number, so that nothing is parsed. `toInstant` reads it. */
export function epochOf(expression: string): string {
  return `date_part('epoch', ${expression})`;
}

/** Whole milliseconds: that is what the columns hold, and the fraction of a number may be off. */
export function toInstant(seconds: unknown): Date | null {
  return seconds === null ? null : new Date(Math.round(Number(seconds) * 1000));
}

/** An instant as an SQL parameter. */
export function toParameter(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
