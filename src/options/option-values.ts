import { z } from 'zod';
import { type Duration, durationSentence, isDuration, parseDuration } from '../values/duration.ts';
import { isRate, parseRate, type Quota } from '../values/rate.ts';

/* What several options are: callbacks, texts, durations and rates. */

/** A callback of the app. The compiler checks its parameters and its result where the app writes it. */
export function callback<TFunction>() {
  return z.custom<TFunction>((value) => typeof value === 'function', 'must be a function');
}

export const flag = z.boolean('must be true or false').default(false);
export const text = z.string('must be a string');

/** A duration, in seconds. */
export const seconds = z
  .custom<Duration>(isDuration, durationSentence)
  .transform((duration) => parseDuration(duration, 'a duration'));

const isRateOrNull = (value: unknown) => value === null || isRate(value);
/** A rate as an app writes it; `null`: no limit. */
export const rate = z.custom<string | null>(isRateOrNull, "must be a rate such as '100/m', or null");
/** The same, parsed. */
export const quota = rate.transform((given): Quota | null => (given === null ? null : parseRate(given, 'a rate')));
