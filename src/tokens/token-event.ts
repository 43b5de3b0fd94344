import type { TokenIdentity } from '../database/token-store.ts';
import type { TokenEvent } from '../events.ts';
import type { SessionRecord } from '../session.ts';

/** The token that an event is about. */
export function toTokenEvent({ id, userId, clientName }: Omit<TokenIdentity, 'selector'>): TokenEvent {
  return { tokenId: id, userId, client: clientName };
}

/** The same for the token of a session. */
export function toSessionTokenEvent({ id, userId, client }: SessionRecord): TokenEvent {
  return { tokenId: id, userId, client: client.name };
}
