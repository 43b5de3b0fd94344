import { ClientNameTakenError, type ClientRecord, type ClientStore, type ClientValues } from './client-store.ts';
import type { Database } from './database.ts';
import { causeCodeOf, sqlState } from './failures.ts';
import { epochOf, toInstant } from './rows/instants.ts';
import type { Row } from './rows/row.ts';
import type { Schema } from './schema.ts';
import { toTokenIdentity } from './token-columns.ts';

const columnsOf: Record<keyof ClientValues, string> = {
  name: 'name',
  tokenTtl: 'token_ttl',
  throttleRate: 'throttle_rate',
};

/** The client store on PostgreSQL. */
export function createSqlClientStore(database: Database, schema: Schema): ClientStore {
  const { clients, tokens } = schema;

  /** Runs a statement that sets a client's name. */
  async function runNamed(name: string, sql: string, parameters: readonly unknown[]): Promise<ClientRecord[]> {
    try {
      return (await database.run(sql, parameters)).map(toClientRecord);
    } catch (error) {
      if (causeCodeOf(error) !== sqlState.uniqueViolation) throw error;
      throw new ClientNameTakenError(name);
    }
  }

  return {
    async create(values) {
      const sql = `insert into ${clients} (name, token_ttl, throttle_rate) values (?, ?, ?) returning ${clientColumns}`;
      const [created] = await runNamed(values.name, sql, [values.name, values.tokenTtl, values.throttleRate]);
      return created as ClientRecord;
    },

    async createMissing(all) {
      if (all.length === 0) return [];
      const rows = all.map(() => '(?::text, ?::integer, ?::text)').join(', ');
      const sql = `insert into ${clients} (name, token_ttl, throttle_rate) values ${rows} on conflict (name) do nothing returning ${clientColumns}`;
      const parameters = all.flatMap(({ name, tokenTtl, throttleRate }) => [name, tokenTtl, throttleRate]);
      return (await database.run(sql, parameters)).map(toClientRecord);
    },

    async update(name, changes) {
      const columns = (Object.keys(columnsOf) as (keyof ClientValues)[]).filter((key) => changes[key] !== undefined);
      if (columns.length === 0) return (await this.list()).find((client) => client.name === name) ?? null;
      const assignments = columns.map((key) => `${columnsOf[key]} = ?`).join(', ');
      const sql = `update ${clients} set ${assignments} where name = ? returning ${clientColumns}`;
      const [updated] = await runNamed(changes.name ?? name, sql, [...columns.map((key) => changes[key]), name]);
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
          `delete from ${tokens} where client_id = ? returning id, selector, user_id, ?::text as name`,
          [client['id'], name],
        );
        await database.run(`delete from ${clients} where id = ?`, [client['id']]);
        return { id: client['id'] as number, ended: ended.map((row) => toTokenIdentity(row, schema)) };
      });
    },

    async list() {
      return (await database.run(`select ${clientColumns} from ${clients} order by name`, [])).map(toClientRecord);
    },
  };
}

export const clientColumns = `id, name, token_ttl, throttle_rate, ${epochOf('created')} as created`;

export function toClientRecord(row: Row): ClientRecord {
  return {
    id: row['id'] as number,
    name: row['name'] as string,
    tokenTtl: row['token_ttl'] as number | null,
    throttleRate: row['throttle_rate'] as string | null,
    created: toInstant(row['created']) as Date,
  };
}
