import { toParameter } from '../rows/instants.ts';
import type { TokenFilter } from '../token-store.ts';

/** Whether a token `t` has not expired at the instant that is its parameter. */
export const unexpired = '(t.expiry is null or t.expiry > ?)';

/** The conditions of a filter, each with a leading `and`, of a token `t` and its client `c`. */
export function filterConditions(filter: TokenFilter): { condition: string; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  if (filter.exceptId !== undefined) {
    conditions.push('and t.id <> ?');
    parameters.push(filter.exceptId);
  }
  if (filter.exceptClient !== undefined && filter.exceptClient !== null) {
    conditions.push('and c.name <> ?');
    parameters.push(filter.exceptClient);
  }
  if (filter.createdUntil !== undefined) {
    conditions.push('and t.created <= ?');
    parameters.push(toParameter(filter.createdUntil));
  }
  if (filter.exceptTransaction !== undefined) {
    conditions.push('and t.xmin <> ?::xid');
    parameters.push(filter.exceptTransaction);
  }
  return { condition: conditions.join(' '), parameters };
}
