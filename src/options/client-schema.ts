import { z } from 'zod';
import { parseNetwork } from '../request/allowed-networks.ts';
import { maxSessionsLimit, maxSessionsProblem, minimumIdleTtl } from '../values/client-fields.ts';
import { maxScopes, repeatedScope, scopeProblem } from '../values/scope.ts';
import { callback, flag, quota, rate, seconds, text } from './option-values.ts';

const scope = z.custom<string>((value) => scopeProblem(value) === null, {
  error: ({ input }) => scopeProblem(input) ?? '',
});
export const scopeList = z
  .array(scope, 'must be a list of scopes')
  .max(maxScopes, `must have at most ${maxScopes} scopes`)
  .refine((list) => repeatedScope(list) === undefined, {
    error: ({ input }) => `must not list '${repeatedScope(input as string[])}' twice`,
  });

const networks = z.union([
  z
    .array(
      text.transform((given, context) => {
        const network = parseNetwork(given);
        if (network !== null) return network;
        context.issues.push({
          code: 'custom',
          message: "must be an address or a network, such as '10.0.0.0/8'",
          input: given,
        });
        return z.NEVER;
      }),
      'must be a list of networks, or a function',
    )
    .min(1, 'must not be empty'),
  callback<(user: object) => unknown>(),
]);

const maxSessions = z.custom<number>(
  (value) => maxSessionsProblem(value) === null,
  `must be a whole number from 1 to ${maxSessionsLimit}`,
);

/** The option `keys` of a client. */
const keys = z.strictObject({
  max: maxSessions.default(50),
  ttl: seconds.nullable().optional(),
  maxTtl: seconds.nullable().default(null),
  fresh: seconds.optional(),
  createFrom: z.array(text, 'must be a list of names').optional(),
  fullAccess: flag,
  rate: quota.optional(),
  allowedNetworks: networks.optional(),
});

/** A client of the option `clients`. */
export const clientConfig = z
  .strictObject({
    tokenTtl: seconds.nullable().optional(),
    throttleRate: rate.optional(),
    maxSessions: maxSessions.optional(),
    atLimit: z.enum(['end-oldest', 'refuse'], "must be 'end-oldest' or 'refuse'").optional(),
    idleTtl: seconds
      .refine((given) => given >= minimumIdleTtl, 'must be at least 5 minutes')
      .nullable()
      .optional(),
    maxLifetime: seconds.nullable().optional(),
    scopes: scopeList.optional(),
    transport: z.enum(['header', 'cookie'], "must be 'header' or 'cookie'").default('header'),
    keys: keys.optional(),
  })
  .refine(({ keys: rules, maxSessions: given }) => rules === undefined || given === undefined, {
    path: ['maxSessions'],
    error: 'must not be together with keys, whose max takes its place',
  })
  .refine(({ keys: rules, atLimit }) => rules === undefined || atLimit === undefined, {
    path: ['atLimit'],
    error: 'must not be together with keys: no key ends for another one',
  })
  .refine(({ keys: rules, transport }) => rules === undefined || transport === 'header', {
    path: ['transport'],
    error: "must not be 'cookie' together with keys: API keys are sent in a header",
  });
