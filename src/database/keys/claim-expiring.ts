import type { Database } from '../database.ts';
import { epochOf, toInstant, toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import { identityColumns, toTokenIdentity } from '../tokens/token-columns.ts';
import { createExpiryConditions } from '../tokens/token-conditions.ts';
import { expiryNoticeDays } from './expiry-steps.ts';
import type { KeyStore } from './key-store.ts';

const secondsPerDay = 86_400;

/** A list as an SQL parameter. The names and ids are words of the app's and durin's own. */
const toArray = (list: readonly string[]) => `{${list.map((item) => JSON.stringify(item)).join(',')}}`;

/**
 * Creates the store's `claimExpiring`: one statement that writes `warned_at`. A key is due if it has entered a step since it
 * was created and since the last notice, so a step that was missed is not made up for once the next one is reached.
 */
export function createClaimExpiring(database: Database, schema: Schema): KeyStore['claimExpiring'] {
  const { tokens, clients } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const steps = expiryNoticeDays.toSorted((a, b) => a - b);
  const [longest = 0] = steps.toReversed();
  const secondsOf = (days: number) => days * secondsPerDay;
  const within = (days: number) => `t.expiry <= input.at + make_interval(secs => ${secondsOf(days)})`;
  const daysLeft = `case ${steps.map((days) => `when ${within(days)} then ${days}`).join(' ')} end`;
  const isDue = `t.expiry - make_interval(secs => ${secondsPerDay} * ${daysLeft}) > greatest(t.created, t.warned_at)`;
  const statement = `
    with input (client_names, ids, at) as (values (?::text[], ?::uuid[], ?::timestamptz(3))),
    due as (
      select t.id, ${daysLeft} as days_left
      from input cross join ${clients} c join ${tokens} t on t.client_id = c.id
      where c.name = any(input.client_names) and (input.ids is null or t.id = any(input.ids))
        and t.expiry > input.at and ${within(longest)} and ${isDue} and ${unexpired}
      limit ?
      for no key update of t skip locked
    )
    update ${tokens} t set warned_at = input.at
    from due, input, ${clients} c where t.id = due.id and c.id = t.client_id
    returning ${identityColumns}, t.name as token_name, ${epochOf('t.expiry')} as expiry, due.days_left${database.changeContext.column}`;

  return async function claimExpiring(clientNames, ids, limit, now) {
    const at = toParameter(now);
    const rows = await database.run(statement, [
      toArray(clientNames),
      ids && toArray(ids),
      at,
      at,
      limit,
      ...database.changeContext.parameters(),
    ]);
    return rows.map((row) => ({
      ...toTokenIdentity(row, schema),
      name: row['token_name'] as string | null,
      expiresAt: toInstant(row['expiry']) as Date,
      daysLeft: Number(row['days_left']),
    }));
  };
}
