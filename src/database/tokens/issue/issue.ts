import { DurinError } from '../../../errors.ts';
import type { Database } from '../../database.ts';
import { causeCodeOf, sqlState } from '../../failures.ts';
import type { PreparedStatement } from '../../prepared/prepared-statement.ts';
import { toParameter } from '../../rows/instants.ts';
import type { Row } from '../../rows/row.ts';
import type { Schema } from '../../schema.ts';
import type { EndedToken, IssueRequest, IssueResult, OnConflict, TokenStore } from '../../token-store.ts';
import type { LockUser } from '../lock-user.ts';
import type { SessionSelect } from '../session-select.ts';
import { newTokenId } from '../token-id.ts';
import { createIssueInSlot } from './issue-in-slot.ts';
import { activeIn, issueParameters } from './issue-input.ts';
import { issueStatement } from './issue-statement.ts';

/** One beside others, one alone, and some in case the user or the client is deleted meanwhile. */
const maxAttempts = 4;

/**
 * What one attempt did; `null`: nothing, because another one for the same pair came first, or the user or the client was deleted.
 */
type Attempt = IssueResult | null;

/**
 * Creates the store's `issue`. If the client allows one session, it is one statement: concurrent issues for one pair result in
 * one row, one token and no unique violation. If it allows several, and if others come first, see `createIssueInSlot`.
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function createIssue(
  database: Database,
  schema: Schema,
  session: SessionSelect,
  lockUser: LockUser,
  credentialsDigest: string | null,
): TokenStore['issue'] {
  const statementOf = (onConflict: OnConflict) =>
    database.prepare(issueStatement(onConflict, schema, session, credentialsDigest, database.changeContext));
  const statements: Record<OnConflict, PreparedStatement> = {
    keep: statementOf('keep'),
    renew: statementOf('renew'),
    replace: statementOf('replace'),
    refuse: statementOf('refuse'),
  };
  const issueInSlot = createIssueInSlot(database, schema, session, lockUser, credentialsDigest);
  /** The clients that allowed several sessions when a token was last issued for them. A guess that saves a statement. */
  const withSlots = new Set<string>();

  async function issueAlone(request: IssueRequest, id: string, now: number): Promise<Attempt> {
    const at = toParameter(now);
    const change = database.changeContext.parameters({ reason: 'replaced', expiredAt: now });
    const parameters = [...issueParameters(request, id, now, schema, change), at, at];
    const [row] = await statements[request.onConflict](parameters);
    if (row === undefined) return null;
    if (Number(row['max_sessions']) > 1) withSlots.add(request.clientName);
    return toAttempt(row, id, request, session);
  }

  async function attempt(request: IssueRequest, now: number, isFirst: boolean): Promise<Attempt> {
    const isAlone = isFirst && request.key === undefined && !withSlots.has(request.clientName);
    const issueOnce = isAlone ? issueAlone : issueInSlot;
    try {
      return await issueOnce(request, newTokenId(request.key === undefined ? request.origin : 'key'), now);
    } catch (error) {
      if (causeCodeOf(error) === sqlState.foreignKeyViolation) return null;
      throw error;
    }
  }

  return async function issue(request, now) {
    for (let count = 0; count < maxAttempts; count += 1) {
      const result = await attempt(request, now, count === 0);
      if (result !== null) return result;
    }
    throw new DurinError('STORE_UNAVAILABLE', { cause: new Error(`no token was issued in ${maxAttempts} attempts`) });
  };
}

function toAttempt(row: Row, newId: string, request: IssueRequest, session: SessionSelect): Attempt {
  if (row['has_credentials'] === null) return { outcome: 'unknown-user' };
  if (row['has_credentials'] === false) return { outcome: 'credentials-changed' };
  if (row['session_found'] === false) return { outcome: 'session-ended' };
  if (row['client_found'] !== true) return { outcome: 'unknown-client' };
  if (row['refusal'] === 'exists') return { outcome: 'exists' };
  if (row['has_slots'] === true) return null; // another slot may be free
  if (row['refusal'] === 'at-limit') return { outcome: 'at-limit', ended: [], reason: 'evicted' };
  return row['held_id'] === null ? null : toResult(row, newId, request, session);
}

function toResult(row: Row, newId: string, request: IssueRequest, session: SessionSelect): IssueResult {
  const record = session.read(row);
  const isNew = row['held_id'] === newId;
  const ended = isNew && row['old_id'] !== null ? [toEnded(row, request)] : [];
  const result = { record, isUserActive: activeIn(row), ended, reason: 'replaced' } as const;
  if (isNew) return { outcome: 'issued', ...result };
  return { outcome: request.onConflict === 'renew' ? 'renewed' : 'kept', ...result };
}

function toEnded(row: Row, { userId, clientName }: IssueRequest): EndedToken {
  const old = { id: row['old_id'] as string, selector: row['old_selector'] as string };
  return { ...old, userId, clientName, hadExpired: row['old_expired'] === true };
}
