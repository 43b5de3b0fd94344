import { z } from 'zod';
import { type Duration, parseDuration } from '../values/duration.ts';
import { parseRate, type Quota } from '../values/rate.ts';

/* What several options are: callbacks, texts, durations and rates. */

/** A callback of the app. The compiler checks its parameters and its result where the app writes it. */
export function callback<TFunction>() {
  return z.custom<TFunction>((value) => typeof value === 'function', 'must be a function');
}

export const flag = z.boolean('must be true or false').default(false);
export const text = z.string('must be a string');

/** A duration, in seconds. */
export const seconds = z
  .custom<Duration>(
    (value) => doesNotThrow(() => parseDuration(value, '')),
    "must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years",
  )
  .transform((duration) => parseDuration(duration, 'a duration'));

const rateMessage = "must be a rate such as '100/m', or null";
const isRate = (value: unknown) => value === null || doesNotThrow(() => parseRate(value, ''));
/** A rate as an app writes it; `null`: no limit. */
export const rate = z.custom<string | null>(isRate, rateMessage);
/** The same, parsed. */
export const quota = rate.transform((given): Quota | null => (given === null ? null : parseRate(given, 'a rate')));

function doesNotThrow(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
