import { EntitySchema } from '@mikro-orm/core';
import { ipAddressLength, userAgentLength } from '../../request/call-origin.ts';
import { clientNameLength } from '../../values/client-fields.ts';
import type { TableNames } from '../rows/table-names.ts';
import type { AuditAction, AuditActor } from './audit-actions.ts';

/** A row of `durin_audit`: a change of a token or a client. The statement that makes the change writes it. */
export interface DurinAudit {
  /** In the order of the changes, as far as these waited for each other. */
  id: bigint;
  /** When the database made the change. */
  at: Date;
  action: AuditAction;
  /** Why a token was revoked; `null` for other actions. */
  reason: string | null;
  /** `null`: the change is of a client. */
  tokenId: string | null;
  /** The key of the token's owner, as text. It stays when the user is deleted. */
  userId: string | null;
  /** The client's name, as it was then. */
  client: string | null;
  actor: AuditActor;
  /** The key of the user who made the change; `null`: none did. */
  actorUserId: string | null;
  /** The token that the call was made with. */
  actorTokenId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  /** What else is known, such as the changed columns. Never a token or a part of one. */
  details: Record<string, unknown> | null;
}

/** The entity of the audit. Its table has no foreign keys, so that no deletion reaches it. */
export function defineAudit({ place, tablePrefix, entityPrefix }: TableNames): EntitySchema<DurinAudit> {
  return new EntitySchema<DurinAudit>({
    ...place,
    name: `${entityPrefix}Audit`,
    tableName: auditTableOf(tablePrefix),
    properties: {
      id: { type: 'bigint', fieldName: 'id', primary: true, autoincrement: true },
      at: { type: 'datetime', columnType: 'timestamptz(3)', fieldName: 'at', defaultRaw: 'clock_timestamp()' },
      action: { type: 'text', fieldName: 'action' },
      reason: { type: 'text', fieldName: 'reason', nullable: true },
      tokenId: { type: 'uuid', fieldName: 'token_id', nullable: true },
      userId: { type: 'text', fieldName: 'user_id', nullable: true },
      client: { type: 'string', fieldName: 'client', length: clientNameLength, nullable: true },
      actor: { type: 'text', fieldName: 'actor' },
      actorUserId: { type: 'text', fieldName: 'actor_user_id', nullable: true },
      actorTokenId: { type: 'uuid', fieldName: 'actor_token_id', nullable: true },
      ipAddress: { type: 'string', fieldName: 'ip_address', length: ipAddressLength, nullable: true },
      userAgent: { type: 'string', fieldName: 'user_agent', length: userAgentLength, nullable: true },
      details: { type: 'json', fieldName: 'details', columnType: 'jsonb', nullable: true },
    },
    indexes: [
      { properties: ['at'] },
      { properties: ['userId', 'id'] },
      { properties: ['client', 'id'] },
      { properties: ['tokenId', 'id'] },
      { properties: ['action', 'id'] },
    ],
  } as never);
}

export function auditTableOf(tablePrefix: string): string {
  return `${tablePrefix}audit`;
}
