import type { MikroORM } from '@mikro-orm/core';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** What a connection of the app's ORM is, as far as durin depends on it. */
export interface DatabaseFacts {
  readonly user: string;
  /** Such as `18.4`. */
  readonly version: string;
  /** Whether it is a replica, which takes no writes. */
  readonly isReplica: boolean;
  /** Whether transactions are read only unless they say otherwise. */
  readonly isReadOnly: boolean;
  /** How many replicas the ORM reads from. */
  readonly replicas: number;
  /** Whether something stands between the app and PostgreSQL, such as PgBouncer; `null`: not known. */
  readonly isProxied: boolean | null;
  /** The tables in which row level security may hide rows from the user: no policy shows all of them. */
  readonly securedTables: readonly string[];
  /** What the user may not do, such as `delete from durin_client`. */
  readonly lacking: readonly string[];
  /** What the schema generator would run to create what is missing; `null`: it could not compare. */
  readonly missing: readonly string[] | null;
}

/** SQL: whether row level security applies to the table `c`, and no policy shows all of its rows, or one restricts them. */
const hidesRows =
  'row_security_active(c.oid) and (' +
  "not exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r') " +
  "and pg_get_expr(p.polqual, p.polrelid) = 'true' " +
  "and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage'))) " +
  'or exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive))';

/** Reads the facts. Changes nothing. */
export async function readDatabaseFacts(orm: MikroORM, database: Database, schema: Schema): Promise<DatabaseFacts> {
  const [row = {}] = await database.run(
    "select current_user as name, current_setting('server_version') as version, " +
      "current_setting('default_transaction_read_only') = 'on' as read_only, pg_is_in_recovery() as replica",
    [],
  );
  const tables = [schema.tokens, schema.uses, schema.clients, schema.users];
  const records = [schema.audit, schema.usage].filter((table) => table !== null);
  return {
    user: String(row['name']),
    version: String(row['version']).split(' ', 1)[0] ?? '',
    isReplica: row['replica'] === true,
    isReadOnly: row['read_only'] === true,
    replicas: orm.config.get('replicas')?.length ?? 0,
    isProxied: await isProxied(orm),
    securedTables: await namesWhere(database, hidesRows, tables),
    lacking: await readLacking(database, schema),
    missing: await readMissing(orm, [...tables, ...records]),
  };
}

async function namesWhere(database: Database, condition: string, tables: readonly string[]): Promise<string[]> {
  const rows = await database.run(
    `select c.relname as name from unnest(string_to_array(?, ' ')) t(name) join pg_class c on c.oid = to_regclass(t.name) where ${condition}`,
    [tables.join(' ')],
  );
  return rows.map((row) => String(row['name']));
}

/** Users are only read, and locked, which needs the right to update one of their columns. The audit is only added to. */
async function readLacking(database: Database, schema: Schema): Promise<string[]> {
  const { tokens, uses, clients, users, audit, usage } = schema;
  const needed = [
    ...[tokens, uses, clients, usage].flatMap((table) => rightsOn(table, 'select', 'insert', 'update', 'delete')),
    ...rightsOn(users, 'select', 'update'),
    ...rightsOn(audit, 'select', 'insert'),
  ];
  const rights = await Promise.all(
    needed.map(async ({ table, right }) => {
      const has = right === 'delete' ? 'has_table_privilege' : 'has_any_column_privilege';
      const names = await namesWhere(database, `not ${has}(c.oid, '${right}')`, [table]);
      return names.map((name) => `${right} on ${name}`);
    }),
  );
  return [...rights.flat(), ...(await readLackingSequences(database, audit === null ? [clients] : [clients, audit]))];
}

function rightsOn(table: string | null, ...rights: readonly string[]) {
  return table === null ? [] : rights.map((right) => ({ table, right }));
}

/** An insert takes the key of the row from the sequence of a serial column. */
async function readLackingSequences(database: Database, tables: readonly string[]): Promise<string[]> {
  const rows = await database.run(
    "select s.seqrelid::regclass::text as name from unnest(string_to_array(?, ' ')) t(name) " +
      "join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass(t.name) and d.deptype = 'a' " +
      "join pg_sequence s on d.classid = 'pg_class'::regclass and s.seqrelid = d.objid " +
      "where not has_sequence_privilege(s.seqrelid, 'usage, update') order by t.name",
    [tables.join(' ')],
  );
  return rows.map((row) => `usage on sequence ${String(row['name'])}`);
}

/** Compares the port of the socket with the one that PostgreSQL sees. */
async function isProxied(orm: MikroORM): Promise<boolean | null> {
  const connection = orm.em.getDriver().getConnection('write') as unknown as { getNativeClient(): Promise<unknown> };
  const pool = (await connection.getNativeClient()) as Partial<NativePool>;
  if (pool.totalCount === undefined || pool.connect === undefined) return null; // PGlite
  const client = await pool.connect();
  try {
    const localPort = client.connection?.stream?.localPort;
    const { rows } = await client.query(
      'select client_port as port from pg_stat_activity where pid = pg_backend_pid()',
    );
    const seen = rows[0]?.port;
    return localPort === undefined || seen == null || seen < 0 ? null : seen !== localPort;
  } finally {
    client.release();
  }
}

interface NativePool {
  readonly totalCount: number;
  connect(): Promise<{
    readonly connection?: { readonly stream?: { readonly localPort?: number } };
    query(sql: string): Promise<{ rows: { readonly port?: number | null }[] }>;
    release(): void;
  }>;
}

/**
 * What the generator runs for a table, column, index, key or trigger that is missing. It would also remove what the entities do
 * not know, such as policies, and add defaults and checks, which only the owner of a table sees.
 */
const addsSomething =
  /^(?:create (?:table|(?:unique )?index|(?:or replace )?trigger)|alter table \S+ add (?!constraint \S+ check))/i;

/** @param tables their quoted names */
async function readMissing(orm: MikroORM, tables: readonly string[]): Promise<string[] | null> {
  try {
    const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false, safe: true });
    const statements = sql.split(/;\s*\n/).map((statement) => statement.trim().replace(/;$/, ''));
    const names = tables.map((table) => /"[^"]+"$/.exec(table)?.[0] ?? table); // statements leave the default schema out
    return statements.filter(
      (statement) => names.some((name) => statement.includes(name)) && addsSomething.test(statement),
    );
  } catch {
    return null;
  }
}
