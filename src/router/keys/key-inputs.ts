import { z } from 'zod';
import { DurinUsageError } from '../../errors.ts';
import { type Duration, parseDuration, parseOverlap } from '../../values/duration.ts';
import { maxScopes } from '../../values/scope.ts';
import { sessionName } from '../sessions.ts';

/** A duration, in seconds. */
const seconds = z
  .custom<Duration>()
  .transform((given, context) => parseWith(() => parseDuration(given, 'It'), given, context));

/** How long a rolled key works on, in seconds; 0: not at all. */
const overlap = z
  .custom<Duration>()
  .transform((given, context) => parseWith(() => parseOverlap(given, 'It'), given, context));

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

/** The client; may be left out if there is only one with keys. */
const client = z.string().optional();
const id = z.string().transform((given) => given.toLowerCase());
/** No list is longer than that of the app: the limit bounds what is compared. */
const scopes = z
  .array(z.string())
  .min(1)
  .max(maxScopes)
  .transform((list) => [...new Set(list)]);
const name = sessionName.transform((given) => given.trim());

/** The inputs of `keys.*`. Which clients and scopes there are is checked later: a schema is made once for all durins. */
export const keyInputs = {
  list: z.object({ client, unusedFor: seconds.optional() }).optional(),
  create: z.object({
    client,
    name,
    scopes: scopes.optional(),
    ttl: seconds.nullable().optional(),
  }),
  rename: z.object({ client, id, name }),
  revoke: z.object({ client, id }),
  roll: z.object({ client, id, overlap: overlap.default(dayInSeconds) }),
};
