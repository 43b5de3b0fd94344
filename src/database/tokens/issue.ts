import { DurinError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { causeCodeOf, sqlState } from '../failures.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { IssueRequest, IssueResult, OnConflict, TokenStore } from '../token-store.ts';
import { issueStatement } from './issue-statement.ts';
import type { SessionSelect } from './session-select.ts';
import { newTokenId } from './token-id.ts';

/** How often an issue may lose against concurrent ones for the same pair before it fails. */
const maxAttempts = 10;

/**
 * Creates the store's `issue`. It issues a token in one statement. Concurrent issues for one pair result in one row, one
 * token and no unique violation.
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function createIssue(
  database: Database,
  schema: Schema,
  session: SessionSelect,
  credentialsDigest: string | null,
): TokenStore['issue'] {
  const statementOf = (onConflict: OnConflict) => issueStatement(onConflict, schema, session, credentialsDigest);
  const statements: Record<OnConflict, string> = {
    keep: statementOf('keep'),
    renew: statementOf('renew'),
    replace: statementOf('replace'),
    refuse: statementOf('refuse'),
  };

  /** Returns `undefined` if the user or the client was deleted while the statement ran. */
  async function runStatement(request: IssueRequest, id: string, now: number): Promise<Row | undefined> {
    try {
      const [row] = await database.run(statements[request.onConflict], [
        request.clientName,
        schema.toUserKey(request.userId),
        toParameter(now),
        id,
        request.selector,
        request.ttlSeconds !== undefined,
        request.ttlSeconds ?? null,
        request.ipAddress,
        request.userAgent,
        request.sessionId ?? null,
        request.credentials ?? null,
      ]);
      return row;
    } catch (error) {
      if (causeCodeOf(error) === sqlState.foreignKeyViolation) return undefined; // the next attempt finds out which
      throw error;
    }
  }

  return async function issue(request, now) {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const id = newTokenId(request.origin);
      const row = await runStatement(request, id, now);
      if (row === undefined) continue;
      if (row['has_credentials'] === null) return { outcome: 'unknown-user' };
      if (row['has_credentials'] === false) return { outcome: 'credentials-changed' };
      if (row['session_found'] === false) return { outcome: 'session-ended' };
      if (row['client_found'] !== true) return { outcome: 'unknown-client' };
      if (row['issued_id'] !== null) return toResult(row, id, request, session);
      if (request.onConflict === 'refuse' && row['old_expired'] === false) return { outcome: 'exists' };
    }
    throw new DurinError('STORE_UNAVAILABLE', { cause: new Error(`no token was issued in ${maxAttempts} attempts`) });
  };
}

function toResult(row: Row, newId: string, request: IssueRequest, session: SessionSelect): IssueResult {
  const record = session.read(row);
  if (row['issued_id'] !== newId) {
    return { outcome: request.onConflict === 'renew' ? 'renewed' : 'kept', record, replaced: null };
  }
  if (row['old_id'] === null) return { outcome: 'issued', record, replaced: null };
  const old = { id: row['old_id'] as string, selector: row['old_selector'] as string };
  const pair = { userId: record.userId, clientName: record.client.name };
  return { outcome: 'issued', record, replaced: { ...old, ...pair, hadExpired: row['old_expired'] === true } };
}
