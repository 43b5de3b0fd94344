import { DurinUsageError } from '../errors.ts';
import { secondsPer, type TimeUnit } from './units.ts';

/** A number of calls per second, minute, hour or day: `'5/s'`, `'100/m'`, `'1000/h'`, `'10000/d'`. */
export type Rate = `${number}/${TimeUnit}`;

/** A parsed rate: `limit` calls per window. */
export interface Quota {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Matches a valid rate. PostgreSQL (in a check constraint) and JavaScript both understand this pattern. */
export const ratePattern = '^[1-9][0-9]{0,8}/[smhd]$';

const rateExpression = new RegExp(ratePattern);

/** What is said of a value that is no rate, after its name. */
export const rateSentence = "must be a rate such as '5/s', '100/m', '1000/h' or '10000/d'";

/** Whether a value is a rate: `N/s`, `N/m`, `N/h` or `N/d` with N from 1 to 999,999,999. */
export function isRate(value: unknown): value is Rate {
  return typeof value === 'string' && rateExpression.test(value);
}

/**
 * Parses a rate.
 * @param subject what the rate is for, such as an option's name
 * @throws DurinUsageError naming `subject`, unless it is a rate
 */
export function parseRate(rate: unknown, subject: string): Quota {
  if (!isRate(rate)) throw new DurinUsageError(`${subject} ${rateSentence}`);
  const slash = rate.indexOf('/');
  return {
    limit: Number(rate.slice(0, slash)),
    windowSeconds: secondsPer[rate.slice(slash + 1) as TimeUnit],
  };
}
