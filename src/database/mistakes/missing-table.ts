import { DurinUsageError } from '../../errors.ts';

/** The SQLSTATEs of what migrations create and a statement did not find: a table, a column, a schema. */
const missingStates = new Set(['42P01', '42703', '3F000']);

/** Names the table or column that the database lacks; `null`: the statement failed for another reason. */
export function missingTableError(cause: unknown): DurinUsageError | null {
  if (!(cause instanceof Error && 'code' in cause && missingStates.has(String(cause.code)))) return null;
  const [line = ''] = cause.message.replaceAll(/"|\bpublic\./g, '').split('\n', 1);
  const named = line.replace(/^relation /, '').replace(' of relation ', ' of ');
  return new DurinUsageError(`${named}: run your migrations`, { cause });
}
