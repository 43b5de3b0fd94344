import type { TokenEvent } from '../events.ts';

/** A token's row as stores tell of it, or the session that it stands for. */
type Token = { readonly id: string; readonly userId: unknown } & (
  | { readonly clientName: string }
  | { readonly client: { readonly name: string } }
);

/** Which token an event is about. */
export function toTokenEvent(token: Token): TokenEvent {
  const client = 'clientName' in token ? token.clientName : token.client.name;
  return { tokenId: token.id, userId: token.userId, client };
}
