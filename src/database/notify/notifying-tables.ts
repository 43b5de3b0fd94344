import type { EntityMetadata } from '@mikro-orm/core';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import { changePrefix, deleteTrigger, truncateTrigger, updateTrigger } from './triggers.ts';

/** What the rows of a table are to sessions. */
export type TableRole = 'token' | 'client' | 'user' | 'related';

/** Rows that a trigger announced. */
export interface RowChange {
  readonly role: TableRole;
  /** The keys of the rows from before the change, as the database writes them; `null`: any rows of the table. */
  readonly keys: readonly string[] | null;
}

/** The tables that sessions are read from, and the triggers that announce their changes. */
export interface NotifyingTables {
  /**
   * Reads the tables' names and triggers from the database. Until then, no message is about them.
   * @returns the tables that announced their changes when it was last called, and do so no more
   */
  inspect(): Promise<readonly string[]>;
  /** Reads a trigger's message; `null`: it is about another table, or no trigger's message. */
  read(message: string): RowChange | null;
  /** Whether triggers announce each change of these rows. */
  announce(role: TableRole): boolean;
}

/** What the trigger of a table announces: its updates and, of tokens, deletions as well. */
const triggersOf: Record<TableRole, readonly string[]> = {
  token: [updateTrigger, deleteTrigger, truncateTrigger],
  client: [updateTrigger],
  user: [updateTrigger],
  related: [updateTrigger],
};

/** @param related the entities that `populate` joins to sessions, besides user, client and token */
export function createNotifyingTables(
  { run }: Pick<Database, 'run'>,
  schema: Schema,
  related: ReadonlySet<EntityMetadata>,
): NotifyingTables {
  const roles = new Map<string, TableRole>();
  for (const meta of related) for (const table of schema.tablesOf(meta)) roles.set(table, 'related');
  for (const table of schema.tablesOf(schema.userMeta)) roles.set(table, 'user');
  roles.set(schema.clients, 'client');
  roles.set(schema.tokens, 'token');
  const names = [...roles.keys()];
  const sql =
    'select t.name, n.nspname as schema, c.relname as table, ' +
    "(select string_agg(g.tgname, ',') from pg_trigger g where g.tgrelid = c.oid and g.tgenabled in ('O', 'A')) as triggers " +
    `from (values ${names.map(() => '(?::text)').join(', ')}) as t (name) join pg_class c on c.oid = to_regclass(t.name) ` +
    'join pg_namespace n on n.oid = c.relnamespace';
  let roleOf = new Map<string, TableRole>();
  let announced = new Set<TableRole>();
  let announcing: readonly string[] = [];
  let inspections = 0;

  return {
    async inspect() {
      inspections += 1;
      const inspection = inspections;
      const rows = await run(sql, names);
      if (inspection !== inspections) return []; // it took so long that a later one is under way
      const found = rows.map((row) => ({
        name: String(row['name']),
        address: addressOf(row['schema'], row['table']),
        role: roles.get(String(row['name'])) ?? 'related',
        triggers: new Set((row['triggers'] as string | null)?.split(',')),
      }));
      if (!found.some(({ role }) => role === 'token')) throw new Error(`there is no table ${schema.tokens}`);
      roleOf = new Map(found.map(({ address, role }) => [address, role]));
      const isSilent = ({ role, triggers }: (typeof found)[number]) =>
        triggersOf[role].some((trigger) => !triggers.has(trigger));
      announced = new Set(found.map(({ role }) => role));
      const silent = found.filter(isSilent);
      for (const { role } of silent) announced.delete(role);
      const before = announcing;
      announcing = found.filter((table) => !silent.includes(table)).map(({ name }) => name);
      return before.filter((name) => !announcing.includes(name));
    },
    read(message) {
      const [inSchema, table, keys] = parseChange(message);
      const role = roleOf.get(addressOf(inSchema, table));
      return role === undefined ? null : { role, keys: Array.isArray(keys) ? keys.map(String) : null };
    },
    /** The sessions of a user or a client also change when its tokens do. */
    announce: (role) => announced.has(role) && announced.has('token'),
  };
}

/** Schemas and tables may have names with dots. */
function addressOf(schema: unknown, table: unknown): string {
  return JSON.stringify([schema, table]);
}

function parseChange(message: string): readonly unknown[] {
  if (!message.startsWith(changePrefix)) return [];
  try {
    const change: unknown = JSON.parse(message.slice(changePrefix.length));
    return Array.isArray(change) ? change : [];
  } catch {
    return []; // any program may send on the channel
  }
}
