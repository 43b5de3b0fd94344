import type { RevocationReason } from '../../events.ts';
import type { AuditActor } from './audit-actions.ts';

/** The setting in which a statement says what change it makes, until its transaction ends. */
export const changeSetting = 'durin.change';

/** SQL that marks the statement that runs: what an earlier one of the transaction has said is not about its changes. */
export const statementMark = 'extract(epoch from statement_timestamp())::text';

/** By whose order a change is made, as far as durin knows it. */
export interface Actor {
  readonly actor: Exclude<AuditActor, 'database'>;
  /** The user's key as text. A user who signs in is the owner of the token. */
  readonly userId?: string;
  /** The token that the call was made with. */
  readonly tokenId?: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** What a statement knows of its change, and its rows do not. */
export interface Change {
  /** Why it ends tokens. */
  readonly reason?: RevocationReason;
  /** The instant, in milliseconds, at which a token that it ends counts as expired and not as revoked. Default: never. */
  readonly expiredAt?: number;
}

/**
 * What statements say of their changes to the triggers of audited tables. Every statement that changes tokens or clients says
 * it itself, so that it stays one statement. Without an audit it adds nothing.
 */
export interface ChangeContext {
  readonly isAudited: boolean;
  /** SQL that ends the columns which a changing statement returns. It has one parameter, which `parameters` returns. */
  readonly column: string;
  /** The same, where the parameter is a column already. */
  columnOf(parameter: string): string;
  /** What `column` says of this change. */
  parameters(change?: Change): readonly string[];
}

/** For tables without an audit. */
export const noChangeContext: ChangeContext = {
  isAudited: false,
  column: '',
  columnOf: () => '',
  parameters: () => [],
};

function columnOf(parameter: string): string {
  return `, set_config('${changeSetting}', ${statementMark} || ' ' || ${parameter}, true) as change`;
}

/** @param currentActor returns by whose order the caller works */
export function createChangeContext(currentActor: () => Actor): ChangeContext {
  return {
    isAudited: true,
    column: columnOf('?::text'),
    columnOf,
    parameters({ reason, expiredAt } = {}) {
      const { actor, userId, tokenId, ipAddress, userAgent } = currentActor();
      const context = {
        actor,
        user: userId,
        token: tokenId,
        ip: ipAddress ?? undefined,
        agent: userAgent ?? undefined,
        reason,
        ...(expiredAt !== undefined && { expires: true, at: new Date(expiredAt).toISOString() }),
      };
      return [JSON.stringify(context)];
    },
  };
}
