import {
  getTRPCErrorFromUnknown,
  initTRPC,
  type TRPCDefaultErrorData,
  TRPCError,
  type TRPCErrorShape,
  type TRPCMiddlewareFunction,
  type TRPCMutationProcedure,
  type TRPCProcedureBuilder,
  type TRPCQueryProcedure,
  type TRPCUnsetMarker,
} from '@trpc/server';
import { internalError, internalMessage, isDurinError } from '../errors.ts';
import { type DurinContext, requireDurinContext } from '../request/durin-request.ts';
import type { DurinErrorData } from '../wire.ts';

/** The error shape of a procedure that durin guards. `data.durin` is set when durin refused the call. */
export interface DurinErrorShape extends TRPCErrorShape {
  message: string;
  code: TRPCErrorShape['code'];
  data: TRPCDefaultErrorData & { durin?: DurinErrorData };
}

/** A procedure builder that adds `TAdded` to the context. Its meta is `object`, so that any app can `.concat()` it. */
export type DurinBuilder<TAdded extends object> = TRPCProcedureBuilder<
  DurinContext,
  object,
  TAdded,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false,
  DurinErrorShape
>;

interface ProcedureDef<TInput, TOutput> {
  input: TInput;
  output: TOutput;
  meta: object;
  errorShape: DurinErrorShape;
}

export type DurinQuery<TInput, TOutput> = TRPCQueryProcedure<ProcedureDef<TInput, TOutput>>;
export type DurinMutation<TInput, TOutput> = TRPCMutationProcedure<ProcedureDef<TInput, TOutput>>;

/**
 * The library's own tRPC root. It sets neither transformer nor errorFormatter, which belong to the app's root. `isDev` is
 * off because `.errors()` would otherwise send stacks.
 */
export const t = initTRPC.context<DurinContext>().create({ isDev: false });

/** The start of every builder. Refusals reach the caller typed, whatever the app's errorFormatter does. */
export const baseProcedure = t.procedure.errors(({ error, shape }) =>
  isDurinError(error) ? { ...shape, data: { ...shape.data, durin: error.durin } } : undefined,
);

/** A middleware that lets a call through with more context, or throws. */
export type Guard = TRPCMiddlewareFunction<DurinContext, object, object, object, unknown>;
type GuardResult = Awaited<ReturnType<Guard>>;

/**
 * Creates a builder with a single middleware, which guards and types errors. tRPC copies its options four times for each
 * middleware, which takes about 4 µs, as long as everything that a guard does. So this runs the middleware that `.errors()`
 * adds around the guard. Should a version of tRPC build `.errors()` otherwise, there are two middlewares.
 */
export function guardedBy(guard: Guard): object {
  const [typeErrors, ...others] = baseProcedure._def.middlewares;
  if (typeErrors === undefined || others.length > 0) return baseProcedure.use(guard);
  return t.procedure.use(function typeErrorsAndGuard(call) {
    return typeErrors({ ...call, next: () => guard(call).catch(toFailure) });
  });
}

/**
 * Types an error that reaches the caller after its call has returned, as a nested promise's does: `.errors()` sees only what
 * the call itself returns. Takes effect in a microtask that is queued now.
 */
export function typeLateError(call: Parameters<Guard>[0], error: Error): void {
  const [typeErrors] = baseProcedure._def.middlewares;
  void typeErrors?.({ ...call, next: async () => toFailure(error) });
}

/** What tRPC makes of an error that a middleware throws. */
function toFailure(cause: unknown): GuardResult {
  const marker = 'middlewareMarker' as GuardResult['marker'];
  return { ok: false, error: getTRPCErrorFromUnknown(cause), marker };
}

/** Types a builder by what its middleware adds to the context. tRPC cannot infer that from an app's generic types. */
export function asBuilder<TAdded extends object>(builder: object): DurinBuilder<TAdded> {
  return builder as DurinBuilder<TAdded>;
}

/**
 * The start of the library's own procedures. The message of an unexpected error, such as one that a callback of the app
 * threw, stays in the server's logs.
 */
export const maskedProcedure = baseProcedure.use(async function maskErrors({ ctx, next }) {
  requireDurinContext(ctx);
  const result = await next();
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result;
  throw internalError(unwrap(result.error));
});

/** The error inside a wrapper that adds nothing to it. Loggers print few levels of causes. */
function unwrap(error: TRPCError): Error {
  const { message, cause } = error;
  return cause !== undefined && (message === cause.message || message === internalMessage) ? cause : error;
}

/**
 * Refuses input that JSON or the transformer cannot read, without quoting it: tRPC would send their message, which does.
 * Goes before `.input()`.
 */
export const refuseUnreadableInput = t.middleware(async function refuseUnreadable({ getRawInput, next }) {
  try {
    await getRawInput();
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'PAYLOAD_TOO_LARGE') throw error;
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'The input cannot be read.' });
  }
  return next();
});
