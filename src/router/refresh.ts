import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface RefreshParts {
  readonly store: Pick<TokenStore, 'renew'>;
  readonly events: EventSink;
  readonly formatExpiry: (expiry: Date | null) => unknown;
  readonly now: () => number;
}

export function createRefresh({ changingSessionProcedure }: RouterProcedures, parts: RefreshParts) {
  const { store, events, formatExpiry, now } = parts;
  return changingSessionProcedure.mutation(async function refresh({ ctx: { session } }) {
    const renewed = await store.renew(session.id, now());
    if (renewed === null) throw new DurinError('INVALID_TOKEN'); // ended since it was looked up
    const { expiresAt, token } = renewed;
    events.emit('tokenRenewed', {
      tokenId: token.id,
      userId: token.userId,
      client: token.clientName,
      expiry: expiresAt,
    });
    return { expiry: formatExpiry(expiresAt) };
  });
}
