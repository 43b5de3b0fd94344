import type { TriggerDef } from '@mikro-orm/core';
import { changeSetting, statementMark } from './change-context.ts';

/**
 * PostgreSQL fires a row's triggers in the order of their names. This one comes before those of foreign keys, which delete a
 * token's last use, so that it still knows whether the token had expired.
 */
export const auditTrigger = '00_durin_audit';

/** Names the clients that the transaction deletes, by their ids, to the triggers of their tokens, which can no longer read them. */
const deletedClientsSetting = 'durin.deleted_clients';
const deletedClients = `coalesce(nullif(current_setting('${deletedClientsSetting}', true), ''), '{}')::jsonb`;

/** The tables that the triggers use, without their schema: it is that of the table which they are on. */
export interface AuditTables {
  readonly audit: string;
  readonly client: string;
  readonly use: string;
}

/** The trigger of the table of tokens. */
export function auditTokens(tables: AuditTables): TriggerDef {
  return { ...onEachRow, body: onOneLine(tokenBody(tables)) };
}

/** The trigger of the table of clients. */
export function auditClients(tables: AuditTables): TriggerDef {
  return { ...onEachRow, body: onOneLine(clientBody(tables)) };
}

const onEachRow = {
  name: auditTrigger,
  timing: 'after',
  events: ['insert', 'update', 'delete'],
  forEach: 'row',
} satisfies TriggerDef;

/** Reads what the statement says of its change. Another statement of the transaction may have left what it said. */
const readContext = `
  said := current_setting('${changeSetting}', true);
  if split_part(said, ' ', 1) = ${statementMark} then
    context := substr(said, strpos(said, ' '))::jsonb;
  else
    context := jsonb_build_object('actor', 'database', 'details',
      jsonb_build_object('role', session_user, 'application', current_setting('application_name')));
  end if;`;

/** SQL for the columns that an update has changed, each with its old and its new value. The selector is left out. */
const changes = `
  (select jsonb_object_agg(key, jsonb_build_array(o.value, n.value))
  from jsonb_each(to_jsonb(old)) o join jsonb_each(to_jsonb(new)) n using (key)
  where o.value <> n.value and key <> 'selector')`;

/** The columns of a row, and the values that are the context's. */
const contextColumns = 'actor, actor_user_id, actor_token_id, ip_address, user_agent, details';
const contextValues = `
  context->>'actor', case when context->>'actor' = 'user' then coalesce(context->>'user', owner) else context->>'user' end,
  (context->>'token')::uuid, context->>'ip', context->>'agent', nullif(coalesce(context->'details', '{}') || coalesce(details, '{}'), '{}')`;

/** MikroORM splits migrations at the ends of lines. */
function onOneLine(sql: string): string {
  return sql.trim().replaceAll(/\s+/g, ' ');
}

/**
 * Finds out whether the owner of a deleted token is gone. The foreign key names the table of users, which is the app's, and
 * which the ORM does not know yet when the entities are defined.
 */
const findOrphan = `
  select format('select not exists (select from %s where %I = $1)', k.confrelid::regclass, u.attname) into query
  from pg_constraint k
    join pg_attribute t on t.attrelid = k.conrelid and t.attnum = k.conkey[1]
    join pg_attribute u on u.attrelid = k.confrelid and u.attnum = k.confkey[1]
  where k.conrelid = tg_relid and k.contype = 'f' and t.attname = 'user_id';
  if found then execute query into is_orphan using old.user_id; end if;`;

/**
 * The schema of the tables is known when the trigger runs, and not to the session whose statement it belongs to, so its own
 * statements are dynamic.
 */
function tokenBody({ audit, client, use }: AuditTables): string {
  return `
  declare
    said text;
    context jsonb;
    action text;
    reason text;
    details jsonb;
    token record;
    owner text;
    query text;
    is_orphan boolean;
  begin
    if tg_op = 'UPDATE' and old is not distinct from new then return null; end if;
    if tg_op = 'DELETE' then token := old; else token := new; end if;
    owner := concat(token.user_id);
    ${readContext}
    if tg_op = 'DELETE' then
      action := 'revoked';
      reason := context->>'reason';
      if reason is null then
        ${findOrphan}
        reason := case when is_orphan then 'user-deleted' else 'revoked' end;
      end if;
      details := jsonb_strip_nulls(jsonb_build_object('name', old.name));
    elsif tg_op = 'INSERT' then
      action := case when new.replaces is null then 'issued' else 'rolled' end;
      details := jsonb_strip_nulls(jsonb_build_object('name', new.name, 'scopes', new.scopes, 'replaces', new.replaces))
        || jsonb_build_object('expiry', new.expiry);
    else
      reason := case when context->>'reason' = 'user-inactive' then 'user-inactive' end;
      action := case
        when reason = 'user-inactive' then 'revoked'
        when new.overlap is null and old.overlap is not null then 'activated'
        when coalesce(new.expiry, 'infinity') > coalesce(old.expiry, 'infinity') then 'renewed'
        when coalesce(new.expiry, 'infinity') < coalesce(old.expiry, 'infinity') then 'shortened'
        when new.authenticated_at is distinct from old.authenticated_at then 'reauthenticated'
        when new.name is distinct from old.name then 'renamed'
        when new.warned_at is distinct from old.warned_at then 'warned'
        else 'changed' end;
      details := jsonb_build_object('changes', ${changes});
    end if;
    execute format('
      insert into %1$I.${audit} (action, reason, token_id, user_id, client, ${contextColumns})
      select case when had_expired then ''expired'' else $1 end,
        case when had_expired then null when not has_client then ''client-deleted'' else $2 end, $3, $4, client, $5, $6, $7, $8, $9, $10
      from (
        select c.id is not null as has_client, coalesce(c.name, $17) as client,
          $15 and least($11, $12, case when c.idle_ttl is not null
            then coalesce(l.last_used_at, $13) + make_interval(secs => c.idle_ttl) end) <= $14 as had_expired
        from (select $3 as id) t left join %1$I.${client} c on c.id = $16 left join %1$I.${use} l on l.token_id = t.id
      ) known', tg_table_schema)
    using action, reason, token.id, owner, ${contextValues}, token.expiry, token.max_expiry, token.created,
      coalesce((context->>'at')::timestamptz, clock_timestamp()),
      tg_op = 'DELETE' and (context->>'actor' = 'database' or (context->>'expires')::boolean is true), token.client_id, ${deletedClients}->>token.client_id::text;
    return null;
  end;`;
}

function clientBody({ audit }: AuditTables): string {
  return `
  declare
    said text;
    context jsonb;
    details jsonb;
    client record;
    owner text;
  begin
    if tg_op = 'UPDATE' and old is not distinct from new then return null; end if;
    if tg_op = 'INSERT' then client := new; else client := old; end if;
    ${readContext}
    if tg_op = 'DELETE' then 
      perform set_config('${deletedClientsSetting}', (${deletedClients} || jsonb_build_object(old.id, old.name))::text, true);
    end if;
    if tg_op = 'UPDATE' then details := jsonb_build_object('changes', ${changes}); else details := to_jsonb(client); end if;
    execute format('
      insert into %I.${audit} (action, client, ${contextColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8)', tg_table_schema)
    using 'client-' || case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end, client.name,
      ${contextValues};
    return null;
  end;`;
}
