import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { TokenStore } from '../token-store.ts';
import type { SessionSelect } from './session-select.ts';
import { createExpiryConditions } from './token-conditions.ts';

/**
 * Creates the store's `reauthenticate`: one statement that locks the user's row and then the session's, in the order of every
 * other statement. It compares the values of the locked rows, even if it had to wait for the locks.
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function createReauthenticate(
  database: Database,
  schema: Schema,
  { isUser }: Pick<SessionSelect, 'isUser'>,
  credentialsDigest: string | null,
): TokenStore['reauthenticate'] {
  const { tokens, clients, tokenMeta, usersAsU, userKeyColumn, toUserKey } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const { isAudited, columnOf, parameters: changeOf } = database.changeContext;
  const userKeyType = tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const hasCredentials =
    credentialsDigest === null ? 'true' : `(input.credentials is null or input.credentials = ${credentialsDigest})`;
  const statement = `
    with input (user_id, session_id, authenticated_at, credentials${isAudited ? ', change' : ''}) as (
      values (?::${userKeyType}, ?::uuid, ?::timestamptz(3), ?::text${isAudited ? ', ?::text' : ''})
    ),
    owner as (
      select input.*, (
        select ${hasCredentials} from ${usersAsU} where u.${userKeyColumn} = input.user_id${isUser} for no key update
      ) as has_credentials
      from input
    ),
    authenticated as (
      update ${tokens} t set authenticated_at = owner.authenticated_at
      from owner cross join ${clients} c
      where owner.has_credentials and t.id = owner.session_id and t.user_id = owner.user_id and c.id = t.client_id
        and ${unexpired}
      returning t.id${columnOf('owner.change')}
    )
    select owner.has_credentials, exists (select from authenticated) as is_authenticated from owner`;

  return async function reauthenticate({ id, userId, authenticatedAt, credentials }, now) {
    const [row] = await database.run(statement, [
      toUserKey(userId),
      id,
      authenticatedAt === null ? null : toParameter(authenticatedAt),
      credentials ?? null,
      ...changeOf(),
      toParameter(now),
    ]);
    if (row?.['has_credentials'] !== true)
      return row?.['has_credentials'] === false ? 'credentials-changed' : 'unknown-user';
    return row['is_authenticated'] === true ? 'authenticated' : 'session-ended';
  };
}
