import type { TriggerDef } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';

/** The channel of NOTIFY on which triggers and buses send. PostgreSQL keeps the channels of databases apart. */
export const notifyChannel = 'trpc_durin';

/** Starts a trigger's message. After it follows JSON: the schema, the table, and the keys of the changed rows. */
export const changePrefix = 'changed ';

export const updateTrigger = 'durin_notify_update';
export const deleteTrigger = 'durin_notify_delete';
export const truncateTrigger = 'durin_notify_truncate';

/** The most keys in a message. */
const maxKeys = 100;
/** The most bytes of keys in a message, because NOTIFY takes less than 8,000 bytes in all. Beyond it, it is about the table. */
const maxKeyBytes = 7000;
/** A statement that changes more rows sends one message about the whole table. A purge deletes as many at once. */
const maxRows = 1000;

/** A table; its schema is `undefined` if the connection finds it. */
interface TableName {
  readonly name: string;
  readonly schema?: string | undefined;
}

export interface DurinTriggerOptions {
  /** The property that is the entity's primary key. Default: `id`. */
  key?: string | undefined;
  /** The schema of the entity's table, if an option of the ORM sets it. Default: that of the entity. */
  schema?: string | undefined;
}

/**
 * A trigger for the user entity, and for other entities that `populate` joins to sessions. Each update, also one in psql
 * or in another program, then announces the changed rows to every process that has a `postgresBus`. The transaction that
 * makes the change sends the message. Deleting a user needs no trigger of its own, because it deletes the user's tokens.
 *
 * The app's migrations create it, by MikroORM's diff. Each entity needs one of its own: `createDurin` refuses one in an
 * abstract base entity, because MikroORM would create it on the table of one child alone.
 * @throws DurinUsageError at `MikroORM.init`, if the entity has no property `key`
 * @example
 * const User = defineEntity({
 *   name: 'User',
 *   properties: { id: p.integer().primary(), username: p.string().unique() },
 *   triggers: [durinTrigger()],
 * });
 */
export function durinTrigger({ key = 'id', schema }: DurinTriggerOptions = {}): TriggerDef {
  return {
    ...triggerOn('update', updateTrigger),
    // A `body` has no transition tables, and an `expression` has to name the table: only this callback knows its name.
    body(columns, table) {
      const column = new Map(Object.entries(columns)).get(key);
      if (column === undefined) {
        throw new DurinUsageError(
          `durinTrigger: key must be the primary key of ${table.name}, which has no property '${key}'`,
        );
      }
      this.expression = updateStatement({ name: table.name, schema: schema ?? table.schema }, column);
      return '';
    },
  };
}

/** The triggers of the table of clients. Deleting a client deletes its tokens. */
export function clientTriggers(table: TableName): TriggerDef[] {
  return [{ ...triggerOn('update', updateTrigger), expression: updateStatement(table, 'id') }];
}

/** The triggers of the table of tokens. */
export function tokenTriggers(table: TableName): TriggerDef[] {
  const deleted = createStatement(table, deleteTrigger, 'after delete', rowsMessage('selector'));
  // MikroORM does not see triggers for TRUNCATE alone, and would create them again. No update sets the id.
  const truncated = createStatement(table, truncateTrigger, 'after truncate or update of id', tableMessage);
  return [
    { ...triggerOn('update', updateTrigger), expression: updateStatement(table, 'selector') },
    { ...triggerOn('delete', deleteTrigger), expression: deleted },
    { ...triggerOn('update', truncateTrigger), expression: truncated },
  ];
}

function triggerOn(event: 'update' | 'delete', name: string) {
  return { name, timing: 'after', events: [event], forEach: 'statement' } satisfies TriggerDef;
}

/** The keys are those from before: sessions that have a row's new key were not read yet. */
function updateStatement(table: TableName, keyColumn: string): string {
  return createStatement(table, updateTrigger, 'after update', rowsMessage(keyColumn));
}

interface Message {
  /** The transition table that it reads. */
  readonly reads: string;
  /** SQL for its rows, each with a `message`; none if nothing changed. */
  readonly select: string;
}

/** `concat` writes a key as PostgreSQL sends it to clients. A cast to text would trim some. */
function rowsMessage(keyColumn: string): Message {
  const keys = 'json_agg(key)';
  const fits = `count(*) <= ${maxKeys} and octet_length(${keys}::text) <= ${maxKeyBytes}`;
  const part = `case when (select count(*) from changed) <= ${maxRows} then (place - 1) / ${maxKeys} end`;
  return {
    reads: 'referencing old table as old_rows',
    select:
      `with changed as (select concat(${quote(keyColumn)}) as key, row_number() over () as place from old_rows ` +
      `limit ${maxRows + 1}) ` +
      `select case when ${fits} then ${changeOf(keys)} else ${changeOf()} end as message from changed group by ${part}`,
  };
}

const tableMessage: Message = { reads: '', select: `select ${changeOf()} as message` };

function changeOf(...keys: readonly string[]): string {
  return `'${changePrefix}' || json_build_array(${['tg_table_schema', 'tg_table_name', ...keys].join(', ')})::text`;
}

/**
 * Creates a trigger and its function, which has the name by which MikroORM drops it. On one line, because MikroORM splits
 * migrations at the ends of lines.
 */
function createStatement({ name, schema }: TableName, trigger: string, events: string, message: Message): string {
  const inSchema = (object: string) =>
    [schema, object]
      .filter((part) => part !== undefined)
      .map(quote)
      .join('.');
  const run = inSchema(`${name}_${trigger}_fn`);
  const body = `begin perform pg_notify('${notifyChannel}', message) from (${message.select}) as messages; return null; end`;
  return (
    `create or replace function ${run}() returns trigger language plpgsql as $$ ${body} $$;\n` +
    `create trigger ${quote(trigger)} ${events} on ${inSchema(name)} ${message.reads} for each statement execute function ${run}()`
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
