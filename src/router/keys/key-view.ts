import type { KeyRow } from '../../database/keys/key-store.ts';
import type { SessionRecord } from '../../session.ts';
import type { SessionScopes } from '../../tokens/rights/scopes.ts';
import type { TokenCodec } from '../../tokens/token-codec.ts';
import { viewExpiry } from '../../values/expiry.ts';
import type { KeyView } from '../../wire.ts';

/** The columns of a key that its owner may see. */
export type ViewedKey = Omit<KeyRow, 'ipAddress' | 'userAgent'>;

/** Shows a key to the session of its owner. */
export type ToKeyView = (key: ViewedKey, owner: SessionRecord) => KeyView;

export interface KeyViewDeps {
  readonly codec: Pick<TokenCodec, 'previewOf'>;
  readonly scopes: Pick<SessionScopes, 'heldBy'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createToKeyView({ codec, scopes, now }: KeyViewDeps): ToKeyView {
  return function toKeyView(key, { userRow }) {
    return {
      id: key.id,
      name: key.name,
      preview: codec.previewOf(key.selector),
      scopes: scopes.heldBy({ scopes: key.scopes, client: { name: key.clientName }, userRow }),
      created: key.createdAt,
      ...viewExpiry(key.expiresAt, now()),
      lastUsedAt: key.lastUsedAt,
      replaces: key.replaces,
    };
  };
}
