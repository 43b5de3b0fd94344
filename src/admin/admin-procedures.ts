import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { withDatabaseTimeout } from '../database/database-timeout.ts';
import { isOutage } from '../database/failures.ts';
import { DurinError } from '../errors.ts';
import type { AdminActor } from '../events.ts';
import type { Internals } from '../internals.ts';
import { type DurinBuilder, maskedProcedure, refuseUnreadableInput, t } from '../trpc/base-procedure.ts';

/** Whether a caller is an admin, of whom no more is known here than what a guarded procedure's context has. */
export type IsAdmin = (ctx: never) => unknown;

/** What the procedures' contexts have. */
interface Administered {
  by: AdminActor;
}

interface InTime {
  /** @throws DurinError STORE_UNAVAILABLE where the caller has been told that already */
  refuseIfLate: () => void;
}

export interface AdminProcedures {
  readonly query: DurinBuilder<Administered & InTime>;
  readonly mutation: DurinBuilder<Administered & InTime>;
  readonly lengthyMutation: DurinBuilder<Administered>;
}

/**
 * The builders of the admin router: for whoever is signed in and `isAdmin`; or, with `'command-line'`, for whoever calls
 * them, who has the database anyway. They add `ctx.by`. Those of mutations hold back the later calls of their batch, since
 * admins may end their own sessions. All but `lengthyMutation` answer within the option `databaseTimeout`; what was begun
 * goes on, and is told when it is done. What looks something up before it begins calls `ctx.refuseIfLate()` in between, or it
 * would meet what the admin did instead. On the command line no mutation is in such a hurry: its end would undo it.
 */
export function createAdminProcedures(access: Internals, isAdmin: IsAdmin | 'command-line'): AdminProcedures {
  const answerInTime = t.middleware(async function answerInTime({ next }) {
    let isLate = false;
    function refuseIfLate(): void {
      if (isLate) throw new DurinError('STORE_UNAVAILABLE');
    }
    try {
      return await withDatabaseTimeout(access.databaseTimeoutMs, () => next({ ctx: { refuseIfLate } }));
    } catch (error) {
      isLate = true; // nothing else is thrown: what fails in `next` is its result
      throw error;
    }
  });
  if (isAdmin === 'command-line') {
    const anyone = maskedProcedure.use(({ next }) => next<{ by: AdminActor }>({ ctx: { by: 'command-line' } }));
    const inNoHurry = anyone.use(({ next }) => next({ ctx: { refuseIfLate() {} } }));
    const mutation = inNoHurry.use(tellFields).use(refuseUnreadableInput);
    return {
      query: anyone.use(answerInTime).use(tellFields).use(refuseUnreadableInput),
      mutation,
      lengthyMutation: mutation,
    };
  }

  const guarded = access.authedProcedure.use(async function requireAdmin({ ctx, next }) {
    if ((await withDatabaseTimeout(access.databaseTimeoutMs, () => asked(isAdmin, ctx))) !== true)
      throw new DurinError('NOT_ADMIN');
    const { ipAddress, userAgent } = ctx.durin;
    const by: AdminActor = Object.freeze({
      tokenId: ctx.auth.id,
      userId: access.schema.userKeyOf(ctx.auth.user),
      client: ctx.auth.client.name,
      ipAddress,
      userAgent,
    });
    return next({ ctx: { by } });
  });
  const changing = maskedProcedure.use(function holdBackLaterCalls({ ctx, batchIndex, next }) {
    return access.stateOf(ctx).change(batchIndex, next);
  });
  return {
    query: maskedProcedure.concat(guarded).use(answerInTime).use(tellFields).use(refuseUnreadableInput),
    mutation: changing.concat(guarded).use(answerInTime).use(tellFields).use(refuseUnreadableInput),
    lengthyMutation: changing.concat(guarded).use(tellFields).use(refuseUnreadableInput),
  };
}

/** What the app's rule throws lets nobody in, and its message reaches nobody. */
async function asked(isAdmin: IsAdmin, ctx: unknown): Promise<unknown> {
  try {
    return await isAdmin(ctx as never);
  } catch (cause) {
    const isOurs = cause instanceof DurinError && cause.durin.code === 'STORE_UNAVAILABLE';
    if (isOurs || isOutage(cause)) throw new DurinError('STORE_UNAVAILABLE', { cause });
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error', cause });
  }
}

/** Input that a procedure's schema refuses is told by field. Goes before `.input()`, and after the guard. */
const tellFields = t.middleware(async function tellInvalidFields({ next }) {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof z.ZodError)) return result;
  const fields: Record<string, string[]> = {};
  for (const { path, message } of result.error.cause.issues) (fields[path.join('.')] ??= []).push(message);
  throw new DurinError('INVALID_INPUT', { fields });
});
