import type { AuditAction, AuditActor } from './audit-actions.ts';

/** A change of a token or a client, as the audit has it. */
export interface AuditRow {
  /** Digits. A later change has a larger number. */
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  readonly reason: string | null;
  readonly tokenId: string | null;
  readonly userId: unknown;
  readonly client: string | null;
  readonly actor: AuditActor;
  readonly actorUserId: unknown;
  readonly actorTokenId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** All conditions must hold. */
export interface AuditQuery {
  readonly userId?: unknown;
  readonly client?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly action?: AuditAction | undefined;
  /** Only changes before the one with this id. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The port to `durin_audit`, which triggers write. */
export interface AuditStore {
  /** The latest change first. */
  list(query: AuditQuery): Promise<AuditRow[]>;
  /** Deletes at most `limit` of the rows that are older, by the database's clock. Returns how many it deleted. */
  deleteOlder(seconds: number, limit: number): Promise<number>;
}
