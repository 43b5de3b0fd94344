import type { Auth, SessionRecord, TokenRow } from './session.ts';
import { deviceOf } from './values/device.ts';
import { viewExpiry } from './values/expiry.ts';
import { isolatedCopy } from './values/isolated-copy.ts';
import type { ApiAccessView, SessionView } from './wire.ts';

/** The session as `ctx.auth` shows it. Requests may share the record, so this request gets dates of its own. */
export function toAuth(record: SessionRecord, now: number): Auth {
  return Object.freeze({
    id: record.id,
    user: isolatedCopy(record.user),
    client: isolatedCopy(record.client),
    created: isolatedCopy(record.createdAt),
    ...viewExpiry(isolatedCopy(record.expiresAt), now),
  });
}

/** @param currentId the id of the session that makes the call */
export function toSessionView(row: TokenRow, currentId: string, now: number): SessionView {
  return {
    id: row.id,
    client: row.clientName,
    name: row.name,
    device: deviceOf(row.userAgent),
    created: row.createdAt,
    ...viewExpiry(row.expiresAt, now),
    isCurrent: row.id === currentId,
    lastUsedAt: row.lastUsedAt,
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
  };
}

/** The API key's view without the key. */
export function toApiAccessView(
  row: Pick<TokenRow, 'clientName' | 'createdAt' | 'expiresAt'>,
  now: number,
): ApiAccessView {
  return { client: row.clientName, created: row.createdAt, ...viewExpiry(row.expiresAt, now) };
}
