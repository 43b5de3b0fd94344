import { toParameter } from '../../rows/instants.ts';
import type { Row } from '../../rows/row.ts';
import type { Schema } from '../../schema.ts';
import type { IssueRequest } from '../../token-store.ts';
import type { SessionSelect } from '../session-select.ts';

/** The columns of `input` after the user's key, with their types. With an audit it also has `change`. */
const columns = {
  client_name: 'text',
  now: 'timestamptz(3)',
  id: 'uuid',
  selector: 'text',
  name: 'text',
  scopes: 'text[]',
  authenticated_at: 'timestamptz(3)',
  has_own_ttl: 'boolean',
  own_ttl: 'integer',
  at_limit: 'text',
  ip_address: 'text',
  user_agent: 'text',
  session_id: 'uuid',
  credentials: 'text',
  replaces: 'uuid',
  overlap: 'integer',
} as const;

/**
 * The first parts of the statements that issue a token: `input`, `owner`, which locks the user's row for the rest of the
 * transaction unless `lock` is empty, and `chosen`, the client.
 * @param isAudited whether `input` also has `change`, what the statement says to the triggers of an audit
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function issueInput(
  { tokenMeta, clients, usersAsU, userKeyColumn }: Schema,
  { isUser, activeColumn }: SessionSelect,
  credentialsDigest: string | null,
  isAudited: boolean,
  lock: 'for no key update' | '' = 'for no key update',
): string {
  const userKeyType = tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const all = isAudited ? { ...columns, change: 'text' } : columns;
  const values = Object.values(all).map((type) => `?::${type}`);
  const hasCredentials =
    credentialsDigest === null ? 'true' : `(input.credentials is null or input.credentials = ${credentialsDigest})`;
  const isActive = activeColumn === null ? 'null::boolean' : `${activeColumn} is not false`;
  return `input (user_id, ${Object.keys(all).join(', ')}) as (values (?::${userKeyType}, ${values.join(', ')})),
    owner as (
      select input.*, found.* from input left join lateral (
        select ${hasCredentials} as has_credentials, ${isActive} as is_active
        from ${usersAsU} where u.${userKeyColumn} = input.user_id${isUser} ${lock}
      ) found on true
    ),
    chosen as (
      select c.id, c.idle_ttl, c.max_sessions, c.max_lifetime, coalesce(owner.at_limit, c.at_limit) as at_limit,
        owner.now + make_interval(secs => case when owner.has_own_ttl then owner.own_ttl else c.token_ttl end)
          as expires_at,
        owner.now + make_interval(secs => case when owner.has_own_ttl then owner.own_ttl else c.max_lifetime end)
          as ends_at
      from ${clients} c join owner on c.name = owner.client_name
    )`;
}

/** The session `t` that asks for the token, if it is valid. Has one parameter, the present instant. */
export function askingSession({ tokens, clients }: Schema, unexpired: string): string {
  return `${tokens} t join owner on owner.session_id = t.id and owner.user_id = t.user_id
        join ${clients} c on c.id = t.client_id
      where owner.has_credentials and ${unexpired}`;
}

/**
 * The parameters of `issueInput`.
 * @param change what the statement says to the triggers of an audit; empty if there is none
 */
export function issueParameters(
  request: IssueRequest,
  id: string,
  now: number,
  schema: Schema,
  change: readonly string[],
): unknown[] {
  const at = toParameter(now);
  const values: Record<keyof typeof columns, unknown> = {
    client_name: request.clientName,
    now: at,
    id,
    selector: request.selector,
    name: request.name ?? null,
    scopes: toTextArray(request.scopes ?? null),
    authenticated_at: request.isAuthenticated ? at : null,
    has_own_ttl: request.ttlSeconds !== undefined,
    own_ttl: request.ttlSeconds ?? null,
    at_limit: request.atLimit ?? null,
    ip_address: request.ipAddress,
    user_agent: request.userAgent,
    session_id: request.sessionId ?? null,
    credentials: request.credentials ?? null,
    replaces: request.key?.replaces?.id ?? null,
    overlap: request.key?.replaces?.overlapSeconds ?? null,
  };
  return [schema.toUserKey(request.userId), ...Object.values(values), ...change];
}

/** A parameter of type `text[]`. A scope has neither quotes nor backslashes. */
function toTextArray(scopes: readonly string[] | null): string | null {
  return scopes && `{${scopes.map((scope) => `"${scope}"`).join(',')}}`;
}

/** Whether the locked user is active; `null`: the statement does not know. */
export function activeIn(row: Row): boolean | null {
  return row['is_active'] as boolean | null;
}
