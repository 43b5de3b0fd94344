import { DurinError } from '../errors.ts';
import type { SessionCookies } from '../request/session-cookies.ts';
import type { RenewToken } from '../tokens/renew-token.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface RefreshDeps {
  readonly codec: Pick<TokenCodec, 'resign'>;
  readonly renewToken: RenewToken;
  readonly sessionCookies: SessionCookies;
  readonly formatExpiry: (expiry: Date | null) => unknown;
}

/** What `refresh` returns. */
interface Refreshed {
  readonly expiry: unknown;
  /** The session's token as the first secret signs it. Only if an older secret signed the present one, and it is in a header. */
  readonly token?: string;
}

export function createRefresh({ renewingProcedure, stateOf }: RouterProcedures, deps: RefreshDeps) {
  const { codec, renewToken, sessionCookies, formatExpiry } = deps;
  return renewingProcedure.mutation(async function refresh({ ctx, batchIndex = 0 }): Promise<Refreshed> {
    const state = stateOf(ctx);
    const presented = state.tokenAt(batchIndex);
    const isCookie = state.isCookieAt(batchIndex);
    if (isCookie) sessionCookies.requireSettable(ctx);
    const renewed = await renewToken(ctx.session.id);
    if (renewed === null) throw new DurinError('INVALID_TOKEN'); // ended after the session was looked up
    const expiry = formatExpiry(renewed.expiresAt);
    const token = presented === null ? null : codec.resign(presented);
    if (!isCookie) return { expiry, ...(token !== null && { token }) };
    const { latestExpiry } = renewed;
    if (presented !== null) sessionCookies.set({ token: token ?? presented, latestExpiry }, { ctx, batchIndex });
    return { expiry };
  });
}
