import type { OwnedTokenRow, UserRow } from '../../database/admin/admin-store.ts';
import type { SessionRecord } from '../../session.ts';
import type { TokenCodec } from '../../tokens/token-codec.ts';
import { deviceOf } from '../../values/device.ts';
import { viewExpiry } from '../../values/expiry.ts';
import type { AdminTokenView } from '../admin-views.ts';
import type { UserDirectory } from '../user-directory.ts';

/** Shows a token to an admin. */
export type ToTokenView = (row: OwnedTokenRow) => AdminTokenView;

export interface TokenViewDeps {
  readonly codec: Pick<TokenCodec, 'previewOf'>;
  readonly users: Pick<UserDirectory, 'toView'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createToTokenView({ codec, users, now }: TokenViewDeps): ToTokenView {
  return function toTokenView(row) {
    return {
      id: row.id,
      user: users.toView(row.owner),
      client: row.clientName,
      name: row.name,
      preview: codec.previewOf(row.selector),
      device: deviceOf(row.userAgent),
      scopes: row.scopes,
      created: row.createdAt,
      ...viewExpiry(row.expiresAt, now()),
      lastUsedAt: row.lastUsedAt,
      ipAddress: row.ipAddress,
      userAgent: row.userAgent,
      replaces: row.replaces,
      replacedBy: row.replacedBy,
    };
  };
}

/** The row of a token that was just issued, and has no use yet. */
export function newTokenRow(record: SessionRecord, owner: UserRow, name: string | null): OwnedTokenRow {
  const { client, expiresAt } = record;
  const unused = { lastUsedAt: null, ipAddress: null, userAgent: null };
  return { ...record, ...unused, clientName: client.name, owner, name, storedExpiresAt: expiresAt, replacedBy: null };
}
