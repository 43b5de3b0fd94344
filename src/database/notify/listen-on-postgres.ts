import { withTimeout } from '../../async/with-timeout.ts';
import { completeUrl } from './complete-url.ts';
import type { Listening, ListenOptions } from './listening.ts';

/** The part of `pg.Pool` that is used. The pool has the options of the ORM, and the class of its connections. */
export interface PgPool {
  readonly options: Readonly<Record<string, unknown>>;
  readonly Client: new (options: object) => PgClient;
}

/** The part of `pg.Client` that is used. */
interface PgClient {
  readonly user?: string | undefined;
  readonly password?: string | (() => string | Promise<string>) | null | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  connect(): Promise<unknown>;
  query(sql: string, values?: readonly string[]): Promise<unknown>;
  end(): Promise<void>;
  unref(): void;
  on(event: 'error' | 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): unknown;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

const connectTimeoutMs = 5000;
/** How long a connection may take to say goodbye. A dead one never does. */
const endTimeoutMs = 200;

/** Opens a connection beside the pool. It keeps no process alive. */
export async function listenOnPostgres(
  pool: PgPool,
  { connectionString, channels, onNotification, onEnd }: ListenOptions,
): Promise<Listening> {
  const options = { ...pool.options, password: pool.options['password'] }; // which the pool hides
  const client = new pool.Client({
    ...options,
    ...(connectionString !== null && {
      connectionString: await completedBy(new pool.Client(options), connectionString),
    }),
    application_name: 'trpc-durin bus',
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  let isOpen = true;

  function ended(): void {
    if (!isOpen) return;
    isOpen = false;
    onEnd();
  }

  async function close(): Promise<void> {
    isOpen = false;
    await withTimeout(() => client.end(), { timeoutMs: endTimeoutMs, service: 'PostgreSQL' }).catch(() => {});
    client.connection?.stream?.destroy();
  }

  client.on('error', ended);
  client.on('end', ended);
  client.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
  try {
    const connecting = client.connect();
    client.unref();
    await connecting;
    client.unref(); // with TLS, it has another socket now
    await client.query('set synchronous_commit = off'); // notifications are not stored, so nothing waits for the disk
    for (const channel of channels) await client.query(`listen ${channel}`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    isInProcess: false,
    isOpen: () => isOpen,
    async notify(channel, payload) {
      await client.query('select pg_notify($1, $2)', [channel, payload]);
    },
    close,
  };
}

/** @param orm a connection with the ORM's options, which is never opened */
async function completedBy(orm: PgClient, connectionString: string): Promise<string> {
  const { user, host, port, database } = orm;
  const password = typeof orm.password === 'function' ? await orm.password() : (orm.password ?? undefined);
  return completeUrl(connectionString, { user, password, host, port, database });
}
