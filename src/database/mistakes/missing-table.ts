import { DurinUsageError } from '../../errors.ts';

/** The SQLSTATEs of what migrations create and a statement did not find: a table, a column, a schema. */
const missingStates = new Set(['42P01', '42703', '3F000']);

/** The columns that 0.1 did not have, by which statements recognize its tables. */
const newColumns =
  'slot|max_expiry|authenticated_at|warned_at|replaces|line|overlap|max_sessions|at_limit|idle_ttl|max_lifetime';
/** What a database still at 0.1 lacks. PostgreSQL names a column alone, or with its table or the table's alias. */
const isOfVersion01 = new RegExp(
  `^(?:\\S*token_use|column (?:[tc]\\.)?(?:${newColumns})(?: of \\S+)?) does not exist$`,
);

const upgrade = ' (from 0.1: docs/guides/upgrading-from-0.1.md)';

/** Names the table or column that the database lacks; `null`: the statement failed for another reason. */
export function missingTableError(cause: unknown): DurinUsageError | null {
  if (!(cause instanceof Error && 'code' in cause && missingStates.has(String(cause.code)))) return null;
  const [line = ''] = cause.message.replaceAll(/"|\bpublic\./g, '').split('\n', 1);
  const named = line.replace(/^relation /, '').replace(' of relation ', ' of ');
  const guide = isOfVersion01.test(named) ? upgrade : '';
  return new DurinUsageError(`${named}: run your migrations${guide}`, { cause });
}
