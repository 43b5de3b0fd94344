import {
  initTRPC,
  type TRPCDefaultErrorData,
  TRPCError,
  type TRPCErrorShape,
  type TRPCMutationProcedure,
  type TRPCProcedureBuilder,
  type TRPCQueryProcedure,
  type TRPCUnsetMarker,
} from '@trpc/server';
import { DurinError, internalError } from '../errors.ts';
import { type DurinContext, requireDurinContext } from '../request/durin-request.ts';
import type { DurinErrorData } from '../wire.ts';

/** An error of a procedure that durin guards; `data.durin` is there when durin refused the call. */
export interface DurinErrorShape extends TRPCErrorShape {
  message: string;
  code: TRPCErrorShape['code'];
  data: TRPCDefaultErrorData & { durin?: DurinErrorData };
}

/** A procedure builder that adds `TAdded` to the context. Its meta is `object`, so it fits any app's `.concat()`. */
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
 * The library's own tRPC root. It sets neither transformer nor errorFormatter, which are the app's; `isDev` is off, since
 * `.errors()` would send stacks otherwise.
 */
export const t = initTRPC.context<DurinContext>().create({ isDev: false });

/** The start of every builder: refusals reach the caller typed, whatever the app's errorFormatter does. */
export const baseProcedure = t.procedure.errors(({ error, shape }) =>
  error instanceof DurinError ? { ...shape, data: { ...shape.data, durin: error.durin } } : undefined,
);

/**
 * The start of the router's own procedures: what fails in there unforeseen, such as the app's callbacks, is told to the
 * server's logs only.
 */
export const discreetProcedure = baseProcedure.use(async function hideUnforeseen({ ctx, next }) {
  requireDurinContext(ctx);
  const result = await next();
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result;
  throw internalError(result.error);
});

/**
 * Goes before `.input()`: tRPC would send what JSON and the transformer say of input that they cannot read, and that
 * quotes it. Neither callers nor logs are told more than that it was so.
 */
export const refuseUnreadableInput = t.middleware(async function refuseUnreadable({ getRawInput, next }) {
  const isReadable = await getRawInput().then(
    () => true,
    () => false,
  );
  if (!isReadable) throw new TRPCError({ code: 'BAD_REQUEST', message: 'The input cannot be read.' });
  return next();
});
