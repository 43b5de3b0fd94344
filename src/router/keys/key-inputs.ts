import { z } from 'zod';
import { DurinUsageError } from '../../errors.ts';
import { type Duration, parseDuration, parseDurationOrNone } from '../../values/duration.ts';
import { sessionName } from '../sessions.ts';

/** A duration, in seconds. */
const seconds = z
  .custom<Duration>()
  .transform((given, context) => parseWith(() => parseDuration(given, 'It'), given, context));

/** The same, or nothing at all: `'0s'`. */
const secondsOrNone = z
  .custom<Duration>()
  .transform((given, context) => parseWith(() => parseDurationOrNone(given, 'It'), given, context));

function parseWith(parse: () => number, input: unknown, context: z.core.$RefinementCtx): number {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof DurinUsageError)) throw error;
    context.issues.push({ code: 'custom', message: `${error.message}.`, input });
    return z.NEVER;
  }
}

const dayInSeconds = 86_400;

/**
 * The inputs of `keys.*`. They name the client if there are several with keys.
 * @param scopes the option `scopes`
 */
export function createKeyInputs(clientNames: readonly string[], scopes: readonly string[]) {
  const name = z.enum(clientNames);
  const client = clientNames.length > 1 ? name : name.optional();
  const id = z.string().toLowerCase();
  const list = z.object({ client, unusedFor: seconds.optional() });

  return {
    list: clientNames.length > 1 ? list : list.optional(),
    create: z.object({
      client,
      name: sessionName.transform((given) => given.trim()),
      scopes: z.array(z.enum(scopes)).min(1).optional(),
      ttl: seconds.nullable().optional(),
    }),
    rename: z.object({ client, id, name: sessionName.transform((given) => given.trim()) }),
    revoke: z.object({ client, id }),
    roll: z.object({ client, id, overlap: secondsOrNone.default(dayInSeconds) }),
  };
}
