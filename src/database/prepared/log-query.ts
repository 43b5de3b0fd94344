import type { MikroORM } from '@mikro-orm/core';

/** A statement that has run, or has failed. */
export interface RunQuery {
  /** It has `?` for its parameters. */
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Milliseconds. */
  readonly took: number;
  /** The number of rows; `null`: it failed. */
  readonly results: number | null;
}

export type LogQuery = (query: RunQuery) => void;

/**
 * Creates the function that logs statements which do not pass through MikroORM, as MikroORM logs those that do: with their
 * values if `debug` includes `query-params`, and by the logger of slow queries from `slowQueryThreshold` on.
 */
export function createLogQuery(orm: MikroORM): LogQuery {
  const { config } = orm;
  const logger = config.getLogger();
  const threshold = config.get('slowQueryThreshold');
  let connection: ConnectionLabel | null = null;

  return function logQuery({ sql, values, took, results }) {
    connection ??= labelOf(orm);
    const isWithValues = logger.isEnabled('query') && logger.isEnabled('query-params');
    const query = isWithValues ? config.getPlatform().formatQuery(sql, values) : sql;
    const hasFailed = results === null;
    const logged = { query, params: values, took, connection, ...(!hasFailed && { results }) };
    logger.logQuery({ ...logged, level: hasFailed ? 'error' : 'info' });
    if (threshold === undefined || took < threshold) return;
    const slow = { enabled: true, namespace: 'slow-query' } as const;
    config.getSlowQueryLogger().logQuery({ ...logged, ...slow, level: hasFailed ? 'error' : 'warning' });
  };
}

interface ConnectionLabel {
  readonly type: string;
  readonly name: string;
}

function labelOf(orm: MikroORM): ConnectionLabel {
  const { host, database = '' } = orm.em.getDriver().getConnection('write').getConnectionOptions();
  return { type: 'write', name: orm.config.get('name') ?? host ?? database };
}
