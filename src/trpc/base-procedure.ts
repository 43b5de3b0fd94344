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
import { type DurinContext, DurinRequest, requireDurinContext } from '../request/durin-request.ts';
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

type Middleware = TRPCMiddlewareFunction<DurinContext, object, object, object, unknown>;
/** A call of a procedure, as tRPC passes it to a middleware. */
export type Call = Parameters<Middleware>[0];
/** What `next` resolves to. */
export type CallResult = Awaited<ReturnType<Middleware>>;

/** What a guard does with a call that it lets through. */
export interface Admitted {
  /** What `next` has returned. */
  readonly result: Promise<CallResult>;
  /** Receives that result, and returns the one to answer with. */
  readonly finish: (result: CallResult) => CallResult;
}

/**
 * What `.errors()` adds, if that is one middleware. It types errors, and those with which streams end, and returns all else as
 * it is.
 */
const [typeErrors, ...furtherMiddlewares] = baseProcedure._def.middlewares;
const addsOneMiddleware = furtherMiddlewares.length === 0;

async function typeFailure(call: Call, result: CallResult): Promise<CallResult> {
  return typeErrors?.({ ...call, next: async () => result }) ?? result;
}

/** Lets a call through, or throws. Without a promise if it can: each takes as long as a look-up in memory. */
export type Guard = (call: Call) => Admitted | Promise<Admitted>;

function conclude(call: Call, { result, finish }: Admitted): Promise<CallResult> {
  return result.then((given) => {
    const finished = finish(given);
    return mayFail(finished, call) ? typeFailure(call, finished) : finished;
  });
}

/**
 * Creates a builder with a single middleware, which guards and types errors. tRPC copies its options four times for each
 * middleware, which takes about 4 µs, longer than everything that a guard does. So this passes errors and streams to the
 * middleware that `.errors()` adds. Should a version of tRPC add several, the guard is one more.
 */
export function guardedBy(guard: Guard): object {
  if (!addsOneMiddleware)
    return baseProcedure.use(async function guardCall(call) {
      const { result, finish } = await guard(call);
      return finish(await result);
    });

  return t.procedure.use(function guardAndTypeErrors(call) {
    try {
      const admitted = guard(call);
      if (!(admitted instanceof Promise)) return conclude(call, admitted);
      return admitted.then(
        (late) => conclude(call, late),
        (cause) => typeFailure(call, toFailure(cause)),
      );
    } catch (cause) {
      return typeFailure(call, toFailure(cause));
    }
  });
}

/**
 * Whether a result is an error, or a stream that may end with one. The iterables of a server-side caller are left as they are:
 * typed, they would lose their other methods.
 */
function mayFail(result: CallResult, { type, ctx }: Call): boolean {
  if (!result.ok || type === 'subscription') return true;
  const { data } = result;
  const isIterable = typeof data === 'object' && data !== null && Symbol.asyncIterator in data;
  return isIterable && DurinRequest.isStreamed(ctx.durin);
}

/**
 * Types an error that reaches the caller after its call has returned, as a nested promise's does: `.errors()` sees only what
 * the call itself returns. Takes effect in a microtask that is queued now.
 */
export function typeLateError(call: Call, error: Error): void {
  if (addsOneMiddleware) void typeFailure(call, toFailure(error));
}

/** What tRPC makes of an error that a middleware throws. */
function toFailure(cause: unknown): CallResult {
  const marker = 'middlewareMarker' as CallResult['marker'];
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
