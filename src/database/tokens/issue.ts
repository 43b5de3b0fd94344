import { randomUUID } from 'node:crypto';
import { DurinError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { causeCodeOf, sqlState } from '../failures.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { IssueRequest, IssueResult, OnConflict, TokenStore } from '../token-store.ts';
import { issueStatement } from './issue-statement.ts';
import type { SessionSelect } from './session-select.ts';

/** How often an issue may lose against concurrent ones for the same pair before it fails. */
const maxAttempts = 10;

/**
 * Creates the store's `issue`. It issues a token in one statement. Concurrent issues for one pair result in one row, one
 * token and no unique violation.
 */
export function createIssue(database: Database, schema: Schema, session: SessionSelect): TokenStore['issue'] {
  const statementsOf = (userLock: '' | 'for share'): Record<OnConflict, string> => ({
    keep: issueStatement('keep', userLock, schema, session),
    renew: issueStatement('renew', userLock, schema, session),
    replace: issueStatement('replace', userLock, schema, session),
    refuse: issueStatement('refuse', userLock, schema, session),
  });
  const statements = statementsOf('');
  const lockingStatements = statementsOf('for share');

  /** Returns `undefined` if the user or the client was deleted while the statement ran. */
  async function runStatement(request: IssueRequest, id: string, now: number): Promise<Row | undefined> {
    const statement = (request.lockUser ? lockingStatements : statements)[request.onConflict];
    try {
      const [row] = await database.run(statement, [
        request.clientName,
        schema.toUserKey(request.userId),
        toParameter(now),
        id,
        request.selector,
        request.ttlSeconds !== undefined,
        request.ttlSeconds ?? null,
        request.ipAddress,
        request.userAgent,
      ]);
      return row;
    } catch (error) {
      if (causeCodeOf(error) === sqlState.foreignKeyViolation) return undefined; // the next attempt finds out which
      throw error;
    }
  }

  return async function issue(request, now) {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const id = randomUUID();
      const row = await runStatement(request, id, now);
      if (row === undefined) continue;
      if (row['user_found'] !== true) return { outcome: 'unknown-user' };
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
