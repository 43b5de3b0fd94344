import { DurinError } from '../errors.ts';
import type { RenewToken } from '../tokens/renew-token.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface RefreshDeps {
  readonly codec: Pick<TokenCodec, 'resign'>;
  readonly renewToken: RenewToken;
  readonly formatExpiry: (expiry: Date | null) => unknown;
}

/** What `refresh` returns. */
interface Refreshed {
  readonly expiry: unknown;
  /** The session's token as the first secret signs it. Only if an older secret signed the present one. */
  readonly token?: string;
}

export function createRefresh({ renewingProcedure, stateOf }: RouterProcedures, deps: RefreshDeps) {
  const { codec, renewToken, formatExpiry } = deps;
  return renewingProcedure.mutation(async function refresh({ ctx, batchIndex = 0 }): Promise<Refreshed> {
    const presented = stateOf(ctx).tokenAt(batchIndex);
    const renewed = await renewToken(ctx.session.id);
    if (renewed === null) throw new DurinError('INVALID_TOKEN'); // ended after the session was looked up
    const token = presented === null ? null : codec.resign(presented);
    return { expiry: formatExpiry(renewed.expiresAt), ...(token !== null && { token }) };
  });
}
