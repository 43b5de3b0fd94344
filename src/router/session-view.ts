import type { TokenRow } from '../session.ts';
import { deviceOf } from '../values/device.ts';
import { viewExpiry } from '../values/expiry.ts';
import type { SessionView } from '../wire.ts';

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
