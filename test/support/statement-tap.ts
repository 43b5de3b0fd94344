import type { MikroORM } from '@mikro-orm/core';
import type { Client, Pool } from 'pg';

/** A statement as it was sent to PostgreSQL. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Records every statement that the ORM's connections send from now on, through MikroORM or directly. */
export async function tapStatements(orm: MikroORM): Promise<Statement[]> {
  const connection = orm.em.getDriver().getConnection() as unknown as { getNativeClient(): Promise<unknown> };
  const pool = (await connection.getNativeClient()) as Pool;
  const statements: Statement[] = [];
  const tapped = new WeakSet<Client>();
  pool.on('acquire', (client) => {
    if (tapped.has(client)) return;
    tapped.add(client);
    const send = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    const recordAndSend = (...parameters: unknown[]) => {
      const [query, values] = parameters;
      const config = typeof query === 'string' ? { text: query } : (query as Partial<Statement>);
      statements.push({ text: config.text ?? '', values: config.values ?? (Array.isArray(values) ? values : []) });
      return send(...parameters);
    };
    client.query = recordAndSend as typeof client.query;
  });
  return statements;
}
