import type { ClientValues } from '../values/client-fields.ts';
import { ClientNameTakenError, type ClientRecord, type ClientStore } from './client-store.ts';
import type { Database } from './database.ts';
import { causeCodeOf, sqlState } from './failures.ts';
import { epochOf, toInstant } from './rows/instants.ts';
import type { Row } from './rows/row.ts';
import type { Schema } from './schema.ts';
import { toTokenIdentity } from './tokens/token-columns.ts';

/** The column of each field, and its type. */
const columnsOf: Record<keyof ClientValues, readonly [name: string, type: string]> = {
  name: ['name', 'text'],
  tokenTtl: ['token_ttl', 'integer'],
  throttleRate: ['throttle_rate', 'text'],
  maxSessions: ['max_sessions', 'integer'],
  atLimit: ['at_limit', 'text'],
  idleTtl: ['idle_ttl', 'integer'],
  maxLifetime: ['max_lifetime', 'integer'],
};
const fields = Object.keys(columnsOf) as (keyof ClientValues)[];
const fieldColumns = fields.map((field) => columnsOf[field][0]).join(', ');
const placeholders = `(${fields.map((field) => `?::${columnsOf[field][1]}`).join(', ')})`;

/** The client store on PostgreSQL. */
export function createSqlClientStore(database: Database, schema: Schema): ClientStore {
  const { clients, tokens } = schema;
  const { column: changeColumn, parameters: changeOf } = database.changeContext;

  /** Runs a statement that sets a client's name. */
  async function runNamed(name: string, sql: string, parameters: readonly unknown[]): Promise<ClientRecord[]> {
    try {
      return (await database.run(sql, parameters)).map(toClientRecord);
    } catch (error) {
      if (causeCodeOf(error) !== sqlState.uniqueViolation) throw error;
      throw new ClientNameTakenError(name);
    }
  }

  async function find(name: string): Promise<ClientRecord | null> {
    const [row] = await database.run(`select ${clientColumns} from ${clients} where name = ?`, [name]);
    return row === undefined ? null : toClientRecord(row);
  }

  return {
    async create(values) {
      const sql = `insert into ${clients} (${fieldColumns}) values ${placeholders} returning ${clientColumns}${changeColumn}`;
      const parameters = fields.map((field) => values[field]);
      const [created] = await runNamed(values.name, sql, [...parameters, ...changeOf()]);
      return created as ClientRecord;
    },

    async createMissing(all) {
      if (all.length === 0) return [];
      const rows = all.map(() => placeholders).join(', ');
      const sql =
        `insert into ${clients} (${fieldColumns}) values ${rows} on conflict (name) do nothing ` +
        `returning ${clientColumns}${changeColumn}`;
      const parameters = all.flatMap((values) => fields.map((field) => values[field]));
      return (await database.run(sql, [...parameters, ...changeOf()])).map(toClientRecord);
    },

    async update(name, changes) {
      const changed = fields.filter((field) => changes[field] !== undefined);
      if (changed.length === 0) return find(name);
      const assignments = changed.map((field) => `${columnsOf[field][0]} = ?`).join(', ');
      const sql = `update ${clients} set ${assignments} where name = ? returning ${clientColumns}${changeColumn}`;
      const parameters = [...changed.map((field) => changes[field]), name, ...changeOf()];
      const [updated] = await runNamed(changes.name ?? name, sql, parameters);
      return updated ?? null;
    },

    /**
     * Locks the client in a statement of its own. The next statement then also sees the tokens of logins that it had to
     * wait for.
     */
    async delete(name) {
      return database.atomically(async () => {
        const [client] = await database.run(`select id from ${clients} where name = ? for update`, [name]);
        if (client === undefined) return null;
        const ended = await database.run(
          `delete from ${tokens} where client_id = ? returning id, selector, user_id, ?::text as name${changeColumn}`,
          [client['id'], name, ...changeOf({ reason: 'client-deleted' })],
        );
        const sql = `delete from ${clients} where id = ? returning id${changeColumn}`;
        await database.run(sql, [client['id'], ...changeOf()]);
        return { id: client['id'] as number, ended: ended.map((row) => toTokenIdentity(row, schema)) };
      });
    },

    async list() {
      return (await database.run(`select ${clientColumns} from ${clients} order by name`, [])).map(toClientRecord);
    },
  };
}

export const clientColumns = `id, ${fieldColumns}, ${epochOf('created')} as created`;

export function toClientRecord(row: Row): ClientRecord {
  const values = Object.fromEntries(fields.map((field) => [field, row[columnsOf[field][0]]]));
  return {
    id: row['id'] as number,
    ...(values as unknown as ClientValues),
    created: toInstant(row['created']) as Date,
  };
}
