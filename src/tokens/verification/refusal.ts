import type { TRPCError } from '@trpc/server';
import type { DurinEvents } from '../../events.ts';
import { clientNameProblem } from '../../values/client-fields.ts';
import type { KeyClients } from '../keys/key-rules.ts';

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

/**
 * Names the client of a login. Nobody logs in to a client whose tokens are keys.
 * @param given the client's name as it was given, not yet checked
 */
export function nameClient(given: unknown, { rulesOf }: Pick<KeyClients, 'rulesOf'>) {
  if (given === undefined || given === null || given === '') return refused('NO_CLIENT', null);
  if (typeof given !== 'string' || clientNameProblem(given) !== null) return refused('UNKNOWN_CLIENT', null);
  if (rulesOf(given) !== null) return refused('CLIENT_NOT_ALLOWED', null);
  return { outcome: 'named', clientName: given } as const;
}
