import type { TokenRow } from '../../session.ts';
import { epochOf, toInstant } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { TokenIdentity } from '../token-store.ts';
import { effectiveExpiry } from './token-conditions.ts';

/** The columns of a `TokenIdentity`, of a token `t` and its client `c`. */
export const identityColumns = 't.id, t.selector, t.user_id, c.name';

/** The columns of a `TokenRow`, of a token `t`, its client `c` and its last use `l`. */
export const tokenRowColumns =
  `t.id, t.selector, c.name, t.name as token_name, ${epochOf('t.created')} as created, ` +
  `${epochOf(effectiveExpiry('l.last_used_at'))} as expiry, ` +
  `${epochOf('l.last_used_at')} as last_used_at, l.ip_address, l.user_agent`;

export function toTokenIdentity(row: Row, schema: Schema): TokenIdentity {
  return {
    id: row['id'] as string,
    selector: row['selector'] as string,
    userId: schema.fromUserKey(row['user_id']),
    clientName: row['name'] as string,
  };
}

export function toTokenRow(row: Row): TokenRow {
  return {
    id: row['id'] as string,
    selector: row['selector'] as string,
    clientName: row['name'] as string,
    name: row['token_name'] as string | null,
    createdAt: toInstant(row['created']) as Date,
    expiresAt: toInstant(row['expiry']),
    lastUsedAt: toInstant(row['last_used_at']),
    ipAddress: row['ip_address'] as string | null,
    userAgent: row['user_agent'] as string | null,
  };
}
