import { DurinError } from '../errors.ts';
import type { RenewToken } from '../tokens/renew-token.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface RefreshDeps {
  readonly renewToken: RenewToken;
  readonly formatExpiry: (expiry: Date | null) => unknown;
}

export function createRefresh({ changingSessionProcedure }: RouterProcedures, deps: RefreshDeps) {
  const { renewToken, formatExpiry } = deps;
  return changingSessionProcedure.mutation(async function refresh({ ctx: { session } }) {
    const renewed = await renewToken(session.id);
    if (renewed === null) throw new DurinError('INVALID_TOKEN'); // ended after the session was looked up
    return { expiry: formatExpiry(renewed.expiresAt) };
  });
}
