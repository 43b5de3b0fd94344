import { z } from 'zod';
import { DurinUsageError } from '../errors.ts';
import { clientNameProblem } from '../values/client-fields.ts';
import { type Duration, parseDuration } from '../values/duration.ts';
import { parseRate, type Rate } from '../values/rate.ts';
import type { UserId } from './admin-views.ts';

// What the admin router takes. Objects are strict, and what is wrong is told per field, in sentences without the value.

const required = 'This field is required.';

function missingOr(otherwise: string) {
  return { error: ({ input }: { readonly input?: unknown }) => (input === undefined ? required : otherwise) };
}

function anObject<TShape extends z.ZodRawShape>(shape: TShape) {
  return z.strictObject(shape, {
    error: ({ code, input }) => {
      if (code === 'unrecognized_keys') return 'There are fields that are not known here.';
      return input === undefined ? required : 'The input must be an object.';
    },
  });
}

/** Lets a rule of durin's, which refuses with a DurinUsageError, speak for the field. */
function followingRule<T>(refuse: (value: T) => unknown): z.ZodType<T, T> {
  return z.custom<T>().check((context) => {
    try {
      refuse(context.value);
    } catch (error) {
      if (!(error instanceof DurinUsageError)) throw error;
      context.issues.push({ code: 'custom', message: `${error.message}.`, input: context.value });
    }
  });
}

/** PostgreSQL stores no NUL and no half of a surrogate pair. */
const text = z
  .string(missingOr('This field must be text.'))
  .max(256, 'At most 256 characters.')
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'This field must be Unicode text without NUL.');

const newName = text.check((context) => {
  const fault = clientNameProblem(context.value);
  if (fault !== null) context.issues.push({ code: 'custom', message: fault, input: context.value });
});

const ttl = followingRule<Duration | null | undefined>((value) => value == null || parseDuration(value, 'This field'));
const rate = followingRule<Rate | null | undefined>((value) => value == null || parseRate(value, 'This field'));
const userId: z.ZodType<UserId, UserId> = z.union([text, z.number()], missingOr("This field must be a user's key."));

function wholeNumber(most: number) {
  const message = `This field must be a whole number from 1 to ${most}.`;
  return z.int(message).min(1, message).max(most, message);
}

function oneOf<const TValues extends readonly string[]>(values: TValues) {
  return z.enum(values, `This field must be one of ${values.join(', ')}.`);
}

const order = oneOf(['asc', 'desc']);

export const clientListInput = anObject({
  /** Part of a name, without regard to case. */
  search: text.optional(),
  sort: oneOf(['name', 'created', 'tokenTtl', 'tokens']).default('name'),
  order: order.default('asc'),
  /** From 1 on. */
  page: wholeNumber(1_000_000).default(1),
  perPage: wholeNumber(100).default(25),
}).prefault({});

export const clientNamesInput = anObject({
  /** The last name of the page before. */
  after: text.optional(),
  limit: wholeNumber(1000).default(1000),
}).prefault({});

export const clientNameInput = anObject({ name: text });

export const clientCreateInput = anObject({
  name: newName,
  /** `null`: its tokens never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl: ttl.optional(),
  /** `null`, the default: the option `throttle.rate`. */
  throttleRate: rate.optional(),
});

export const clientUpdateInput = anObject({
  name: text,
  /** What is left out stays as it is. */
  changes: anObject({ name: newName.optional(), tokenTtl: ttl.optional(), throttleRate: rate.optional() }),
});

export const tokenListInput = anObject({
  /** Part of a user's name, or a user's key. */
  search: text.optional(),
  user: userId.optional(),
  /** A client's name. */
  client: text.optional(),
  state: oneOf(['valid', 'expired']).optional(),
  sort: oneOf(['created', 'expiry', 'lastUsedAt']).default('created'),
  order: order.default('desc'),
  /** `nextCursor` of the page before, which was asked for with the same sort and order. */
  cursor: text.nullish(),
  limit: wholeNumber(100).default(25),
}).prefault({});

export const tokenIdInput = anObject({ id: text });

export const tokenIssueInput = anObject({
  user: userId,
  client: text,
  /** `null`: it never expires. Default: the client's. */
  ttl: ttl.optional(),
});

export const userInput = anObject({ user: userId });

export const userSearchInput = anObject({
  /** Part of a user's name, or a user's key. */
  search: text,
  limit: wholeNumber(100).default(10),
});

export const usageDaysInput = anObject({
  /** A client's name. Default: all clients. */
  client: text.optional(),
  /** Up to and with today. */
  days: wholeNumber(366).default(30),
}).prefault({});

export type ClientListInput = z.input<typeof clientListInput>;
export type ClientNamesInput = z.input<typeof clientNamesInput>;
export type ClientNameInput = z.input<typeof clientNameInput>;
export type ClientCreateInput = z.input<typeof clientCreateInput>;
export type ClientUpdateInput = z.input<typeof clientUpdateInput>;
export type TokenListInput = z.input<typeof tokenListInput>;
export type TokenIdInput = z.input<typeof tokenIdInput>;
export type TokenIssueInput = z.input<typeof tokenIssueInput>;
export type UserInput = z.input<typeof userInput>;
export type UserSearchInput = z.input<typeof userSearchInput>;
export type UsageDaysInput = z.input<typeof usageDaysInput>;
