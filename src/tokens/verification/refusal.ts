import type { TRPCError } from '@trpc/server';
import type { DurinEvents } from '../../events.ts';

/** A login or a reauthentication that is refused, as `loginFailed` reports it. */
export type Refused = { readonly outcome: 'refused' } & Pick<DurinEvents['loginFailed'], 'code' | 'userId'> & {
    /** The error that `verifyCredentials` threw instead of returning `null`. */
    readonly error?: TRPCError;
  };

export function refused(code: Refused['code'], userId: unknown, error?: TRPCError): Refused {
  return { outcome: 'refused', code, userId, ...(error && { error }) };
}

export function isRefused(result: { readonly outcome: string }): result is Refused {
  return result.outcome === 'refused';
}
