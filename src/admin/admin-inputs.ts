import { z } from 'zod';
import { auditActions } from '../database/records/audit-actions.ts';
import { DurinUsageError } from '../errors.ts';
import { sessionNameProblem } from '../session.ts';
import { clientNameProblem, maxSessionsLimit, parseClientFields } from '../values/client-fields.ts';
import { type Duration, parseDuration, parseOverlap } from '../values/duration.ts';
import { parseRate, type Rate } from '../values/rate.ts';
import { maxScopes } from '../values/scope.ts';
import type { UserId } from './admin-views.ts';

// The inputs of the admin router. Objects are strict. Errors are reported by field, in sentences that never quote the value.

const requiredSentence = 'This field is required.';

function missingOrInvalid(invalidSentence: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) => (input === undefined ? requiredSentence : invalidSentence),
  };
}

function strictObject<TShape extends z.ZodRawShape>(shape: TShape) {
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return 'Unknown fields.';
      return input === undefined ? requiredSentence : 'The input must be an object.';
    },
  });
}

/** Validates with a parser that throws a DurinUsageError; its message becomes the field's error. */
function checkedBy<T>(parse: (value: T) => unknown): z.ZodType<T, T> {
  return z.custom<T>().check((context) => {
    try {
      parse(context.value);
    } catch (error) {
      if (!(error instanceof DurinUsageError)) throw error;
      context.issues.push({ code: 'custom', message: `${error.message}.`, input: context.value });
    }
  });
}

/** PostgreSQL cannot store NUL or an unpaired surrogate. */
const text = z
  .string(missingOrInvalid('This field must be text.'))
  .max(256, 'At most 256 characters.')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'This field must be Unicode text without NUL.');

const newName = text.check((context) => {
  const fault = clientNameProblem(context.value);
  if (fault !== null && context.issues.length === 0)
    context.issues.push({ code: 'custom', message: fault, input: context.value });
});

const sessionName = text.check((context) => {
  const fault = sessionNameProblem(context.value);
  if (fault !== null && context.issues.length === 0)
    context.issues.push({ code: 'custom', message: fault, input: context.value });
});

/** Like the names of `keys.*`, it is stored without spaces around it. */
const keyName = sessionName.transform((name) => name.trim());

const ttl = checkedBy<Duration | null | undefined>((value) => value == null || parseDuration(value, 'This field'));
const overlap = checkedBy<Duration | undefined>((value) => value === undefined || parseOverlap(value, 'This field'));
const idleTtl = checkedBy<Duration | null | undefined>((value) => parseClientFields({ idleTtl: value }));
const rate = checkedBy<Rate | null | undefined>((value) => value == null || parseRate(value, 'This field'));
const userId: z.ZodType<UserId, UserId> = z.union(
  [text, z.number()],
  missingOrInvalid("This field must be a user's key."),
);

function wholeNumber(max: number) {
  const message = `This field must be a whole number from 1 to ${max}.`;
  return z.int(message).min(1, message).max(max, message);
}

function oneOf<const TValues extends readonly string[]>(values: TValues) {
  return z.enum(values, `This field must be one of ${values.join(', ')}.`);
}

const scopesSentence = 'This field must be a list of scopes.';
const scopes = z.array(z.string(scopesSentence), scopesSentence).max(maxScopes, `At most ${maxScopes} scopes.`);

const order = oneOf(['asc', 'desc']);
const atLimit = oneOf(['end-oldest', 'refuse']);

/** The fields of a client that limit its sessions. */
const sessionLimits = {
  /** Sessions that a user may have at once. Default: 1. */
  maxSessions: wholeNumber(maxSessionsLimit).optional(),
  /** What a login does at that limit. Default: `end-oldest`. */
  atLimit: atLimit.optional(),
  /** How long a session may go unused, at least 5 minutes. Default: `null`, for ever. */
  idleTtl: idleTtl.optional(),
  /** How long a session may last in all. Default: `null`, for ever. */
  maxLifetime: ttl.optional(),
};

export const clientListInput = strictObject({
  /** Part of a name; case-insensitive. */
  search: text.optional(),
  sort: oneOf(['name', 'created', 'tokenTtl', 'tokens']).default('name'),
  order: order.default('asc'),
  /** The first page is 1. */
  page: wholeNumber(1_000_000).default(1),
  perPage: wholeNumber(100).default(25),
}).prefault({});

export const clientNamesInput = strictObject({
  /** The last name of the previous page. */
  after: text.optional(),
  limit: wholeNumber(1000).default(1000),
}).prefault({});

export const clientNameInput = strictObject({ name: text });

export const clientCreateInput = strictObject({
  name: newName,
  /** `null`: its tokens never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl: ttl.optional(),
  /** `null`, the default: the option `throttle.rate`. */
  throttleRate: rate.optional(),
  ...sessionLimits,
});

export const clientUpdateInput = strictObject({
  name: text,
  /** Omitted fields stay unchanged. */
  changes: strictObject({
    name: newName.optional(),
    tokenTtl: ttl.optional(),
    throttleRate: rate.optional(),
    ...sessionLimits,
  }),
});

export const tokenListInput = strictObject({
  /** Part of a user's name, or a user's key. */
  search: text.optional(),
  user: userId.optional(),
  /** A client's name. */
  client: text.optional(),
  state: oneOf(['valid', 'expired']).optional(),
  sort: oneOf(['created', 'expiry', 'lastUsedAt']).default('created'),
  order: order.default('desc'),
  /** `nextCursor` of the previous page, which must have had the same sort and order. */
  cursor: text.nullish(),
  limit: wholeNumber(100).default(25),
}).prefault({});

export const tokenIdInput = strictObject({ id: text });

export const tokenIssueInput = strictObject({
  user: userId,
  client: text,
  /** `null`: never expires. Default: the client's token lifetime. */
  ttl: ttl.optional(),
  /** `refuse`: issue nothing if a session of the user would have to end. Default: the client's, or `end-oldest`. */
  atLimit: atLimit.optional(),
  /** The name that the user's list of sessions shows. Default: none. */
  name: sessionName.optional(),
  /** The scopes that the token may have at most. Default: all of its client's. */
  scopes: scopes.optional(),
});

export const keyRollInput = strictObject({
  id: text,
  /** How long the key works on after the first use of its successor; `'0s'` ends it then. Default: 24 hours. */
  overlap: overlap.optional(),
});

export const keyRenameInput = strictObject({ id: text, name: keyName });

export const scopeListInput = strictObject({
  /** A client's name: only the scopes that its tokens may have. Default: all scopes. */
  client: text.optional(),
}).prefault({});

export const userInput = strictObject({ user: userId });

export const userSearchInput = strictObject({
  /** Part of a user's name, or a user's key. */
  search: text,
  limit: wholeNumber(100).default(10),
});

export const usageDaysInput = strictObject({
  /** A client's name. Default: all clients. */
  client: text.optional(),
  /** Number of days, today included. */
  days: wholeNumber(366).default(30),
}).prefault({});

export const daysInput = strictObject({
  /** Number of days, today included. */
  days: wholeNumber(366).default(30),
}).prefault({});

export const activeUsersInput = strictObject({
  /** A client's name. Default: all clients. */
  client: text.optional(),
  /** Number of days, today included. */
  days: wholeNumber(366).default(30),
  limit: wholeNumber(100).default(10),
}).prefault({});

export const auditListInput = strictObject({
  /** A token's owner, who may be deleted by now. */
  user: userId.optional(),
  /** A client's name. */
  client: text.optional(),
  tokenId: text.optional(),
  action: oneOf(auditActions).optional(),
  /** `nextCursor` of the previous page. */
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'This field must be the nextCursor of a page.')
    .nullish(),
  limit: wholeNumber(100).default(25),
}).prefault({});

export type ClientListInput = z.input<typeof clientListInput>;
export type ClientNamesInput = z.input<typeof clientNamesInput>;
export type ClientNameInput = z.input<typeof clientNameInput>;
export type ClientCreateInput = z.input<typeof clientCreateInput>;
export type ClientUpdateInput = z.input<typeof clientUpdateInput>;
export type TokenListInput = z.input<typeof tokenListInput>;
export type TokenIdInput = z.input<typeof tokenIdInput>;
export type TokenIssueInput = z.input<typeof tokenIssueInput>;
export type KeyRollInput = z.input<typeof keyRollInput>;
export type KeyRenameInput = z.input<typeof keyRenameInput>;
export type ScopeListInput = z.input<typeof scopeListInput>;
export type UserInput = z.input<typeof userInput>;
export type UserSearchInput = z.input<typeof userSearchInput>;
export type UsageDaysInput = z.input<typeof usageDaysInput>;
export type DaysInput = z.input<typeof daysInput>;
export type ActiveUsersInput = z.input<typeof activeUsersInput>;
export type AuditListInput = z.input<typeof auditListInput>;
