import type { DurinErrorCode, DurinErrorData } from '../src/wire.ts';

/** What a tRPC client throws where durin refused the call. */
export interface DurinRefusal<TCode extends DurinErrorCode = DurinErrorCode> extends Error {
  readonly data: { readonly durin: Readonly<DurinErrorData> & { readonly code: TCode } };
}

/**
 * Whether a call failed because durin refused it, and, where a code is given, for that reason. `error.data.durin` is
 * typed then, also of an error that is `unknown`, as in a `catch`.
 */
export function isDurinError<TCode extends DurinErrorCode = DurinErrorCode>(
  error: unknown,
  code?: TCode,
): error is DurinRefusal<TCode> {
  const facts = (error as Partial<DurinRefusal> | null | undefined)?.data?.durin;
  return !!facts && facts.code === (code ?? facts.code);
}
