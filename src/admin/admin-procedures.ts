import { z } from 'zod';
import { withDatabaseTimeout } from '../database/database-timeout.ts';
import { isOutage } from '../database/failures.ts';
import type { Internals } from '../durin/internals.ts';
import { DurinError, internalError, isDurinError } from '../errors.ts';
import type { AdminActor } from '../events.ts';
import type { Operation } from '../tokens/under-way.ts';
import { type DurinBuilder, maskedProcedure, refuseUnreadableInput, t } from '../trpc/base-procedure.ts';
import { readOnlySentence } from '../values/read-only-sentence.ts';

/** The option `isAdmin` without the app's types. */
export type IsAdmin = (ctx: never) => unknown;

/** `read`: the caller may see everything and change nothing. */
export type AdminRole = 'admin' | 'read';

interface AdminContext {
  by: AdminActor;
  role: AdminRole;
}

interface TimedContext {
  /** @throws DurinError STORE_UNAVAILABLE if the caller already received that answer */
  throwIfTimedOut: () => void;
}

interface OperationContext {
  /** The call as an operation under way: the end of a user's sessions overtakes it from its very beginning. */
  operation: Operation;
}

export interface AdminProcedures {
  readonly query: DurinBuilder<AdminContext & TimedContext>;
  readonly mutation: DurinBuilder<AdminContext & TimedContext>;
  /** A mutation that issues a token. */
  readonly issuingMutation: DurinBuilder<AdminContext & TimedContext & OperationContext>;
  /** A mutation without a timeout. */
  readonly untimedMutation: DurinBuilder<AdminContext>;
}

/**
 * The builders of the admin router. They let through signed-in users for whom `isAdmin` is true, and add `ctx.by`; those for
 * whom it is `'read'` only to queries. With `'command-line'` they let everyone through: the caller has the database anyway.
 *
 * Mutations make later calls of their batch wait, because an admin may end their own session.
 *
 * All but `untimedMutation` answer within the option `databaseTimeout`. Work that was started continues after that, and
 * emits its event when it is done. A procedure that looks something up first calls `ctx.throwIfTimedOut()` before it
 * changes anything: by then the admin may have retried, or done something else. On the command line mutations have no
 * timeout, because the process would exit and cut them off.
 */
export function createAdminProcedures(internals: Internals, isAdmin: IsAdmin | 'command-line'): AdminProcedures {
  const asAdmin = <T>(by: AdminActor, work: () => T): T =>
    internals.actors === null ? work() : internals.actors.asAdmin(by, work);

  const withDeadline = t.middleware(async function withDeadline({ next }) {
    let isTimedOut = false;
    function throwIfTimedOut(): void {
      if (isTimedOut) throw new DurinError('STORE_UNAVAILABLE');
    }
    try {
      return await withDatabaseTimeout(internals.databaseTimeoutMs, () => next({ ctx: { throwIfTimedOut } }));
    } catch (error) {
      isTimedOut = true; // only the timeout throws: errors of `next` are in its result
      throw error;
    }
  });
  const underWay = t.procedure.use(async function keepUnderWay({ next }) {
    const operation = internals.issuesUnderWay.begin();
    try {
      return await next({ ctx: { operation } });
    } finally {
      operation.finish();
    }
  });
  if (isAdmin === 'command-line') {
    const anyone = maskedProcedure.use(({ next }) =>
      asAdmin('command-line', () => next<AdminContext>({ ctx: { by: 'command-line', role: 'admin' } })),
    );
    const withoutDeadline = anyone.use(({ next }) => next({ ctx: { throwIfTimedOut() {} } }));
    const mutation = withoutDeadline.use(reportInvalidFields).use(refuseUnreadableInput);
    return {
      query: anyone.use(withDeadline).use(reportInvalidFields).use(refuseUnreadableInput),
      mutation,
      issuingMutation: underWay.concat(mutation),
      untimedMutation: mutation,
    };
  }

  const guarded = internals.authedProcedure.use(async function requireAdmin({ ctx, path, type, next }) {
    const answer = await withDatabaseTimeout(internals.databaseTimeoutMs, () => callIsAdmin(isAdmin, ctx));
    const userId = internals.schema.userKeyOf(ctx.auth.user);
    const { id, client } = ctx.auth;
    if (answer !== true && (answer !== 'read' || type === 'mutation')) {
      const refusal = new DurinError('NOT_ADMIN', answer === 'read' ? { sentence: readOnlySentence } : {});
      internals.denials.report(refusal, { path, origin: ctx.durin, session: { id, userId, client } });
      throw refusal;
    }
    const { ipAddress, userAgent } = ctx.durin;
    const by: AdminActor = Object.freeze({ tokenId: id, userId, client: client.name, ipAddress, userAgent });
    return asAdmin(by, () => next({ ctx: { by, role: answer === true ? ('admin' as const) : ('read' as const) } }));
  });
  const changing = maskedProcedure.use(function holdBackLaterCalls({ ctx, batchIndex, next }) {
    return internals.stateOf(ctx).change(batchIndex, next);
  });
  const mutation = changing.concat(guarded).use(withDeadline).use(reportInvalidFields).use(refuseUnreadableInput);
  return {
    query: maskedProcedure.concat(guarded).use(withDeadline).use(reportInvalidFields).use(refuseUnreadableInput),
    mutation,
    issuingMutation: underWay.concat(mutation),
    untimedMutation: changing.concat(guarded).use(reportInvalidFields).use(refuseUnreadableInput),
  };
}

/** If the app's `isAdmin` throws, the call is refused, and the caller does not see the message. */
async function callIsAdmin(isAdmin: IsAdmin, ctx: unknown): Promise<unknown> {
  try {
    return await isAdmin(ctx as never);
  } catch (cause) {
    const isOurOutage = isDurinError(cause) && cause.durin.code === 'STORE_UNAVAILABLE';
    if (isOurOutage || isOutage(cause)) throw new DurinError('STORE_UNAVAILABLE', { cause });
    throw internalError(cause);
  }
}

/** Turns a failed parse of the input into INVALID_INPUT, by field. Goes after the guard and before `.input()`. */
const reportInvalidFields = t.middleware(async function reportInvalidFields({ next }) {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof z.ZodError)) return result;
  const fields = new Map<string, string[]>();
  for (const { path, message } of result.error.cause.issues) {
    const field = path.join('.');
    fields.set(field, [...(fields.get(field) ?? []), message]);
  }
  throw new DurinError('INVALID_INPUT', { fields: Object.fromEntries(fields) });
});
