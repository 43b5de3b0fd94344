import { listenOnPglite, type PgliteClient } from './listen-on-pglite.ts';
import { listenOnPostgres, type PgPool } from './listen-on-postgres.ts';
import type { Listen } from './listening.ts';

/** @param getNativeClient returns the driver's own client: the pool of `pg`, or a PGlite instance */
export function createListen(getNativeClient: () => Promise<unknown>): Listen {
  return async function listen(options) {
    const client = await getNativeClient();
    if (isPool(client)) return listenOnPostgres(client, options);
    return listenOnPglite(client as PgliteClient, options);
  };
}

function isPool(client: unknown): client is PgPool {
  return typeof client === 'object' && client !== null && 'Client' in client && 'options' in client;
}
