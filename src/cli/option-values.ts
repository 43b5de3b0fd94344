import { InvalidArgumentError } from 'commander';
import { DurinUsageError } from '../errors.ts';
import { maxSessionsLimit, maxSessionsProblem, parseClientFields } from '../values/client-fields.ts';
import { parseRate, type Rate } from '../values/rate.ts';
import { parseTokenTtl } from './token-ttl.ts';

// Commander ignores a parsed `null`, so the words stay until `nullIfNone` replaces them.
type None = 'never' | 'none';

/** `null` for `never` and `none`; `undefined` if the option was omitted. */
export function nullIfNone<T>(value: T | None | undefined): T | null | undefined {
  return value === 'never' || value === 'none' ? null : value;
}

/** Seconds, or `never`. */
export function parseTtlOption(typed: string): number | 'never' {
  return orInvalidArgument(
    "It must be a duration such as 14d, 12h, '14 00:00:00' or P14D, from 1 second to 68 years, or never.",
    () => parseTokenTtl(typed, 'It') ?? 'never',
  );
}

/** Seconds, or `never`. */
export function parseIdleOption(typed: string): number | 'never' {
  return orInvalidArgument('It must be a duration of at least 5 minutes, such as 3d or 12h, or never.', () => {
    const idleTtl = parseTokenTtl(typed, 'It');
    parseClientFields({ idleTtl });
    return idleTtl ?? 'never';
  });
}

export function parseSessionsOption(typed: string): number {
  const count = /^\d+$/.test(typed) ? Number(typed) : 0;
  if (maxSessionsProblem(count) === null) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxSessionsLimit}.`);
}

export function parseRateOption(typed: string): Rate | 'none' {
  if (typed.toLowerCase() === 'none') return 'none';
  return orInvalidArgument('It must be a rate such as 5/s, 100/m, 1000/h or 10000/d, or none.', () => {
    parseRate(typed, 'It');
    return typed as Rate; // parseRate has just checked it
  });
}

export function parseCountOption(typed: string): number {
  const count = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  if (count === 0) throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  return count;
}

/** `''` is no scope at all. */
export function parseScopesOption(typed: string): string[] {
  const scopes = typed.split(',').map((scope) => scope.trim());
  return typed.trim() === '' ? [] : scopes;
}

function orInvalidArgument<T>(sentence: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DurinUsageError) throw new InvalidArgumentError(sentence);
    throw error;
  }
}
