import { randomUUID } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import { createHeartbeats, type Heartbeats } from '../cache/bus/heartbeats.ts';
import type { Bus, Listen, Listening } from '../cache/bus.ts';
import { notifyChannel } from '../database/notify/triggers.ts';
import { DurinUsageError } from '../errors.ts';

export interface PostgresBusOptions {
  /**
   * Where to listen, such as `postgresql://localhost:5432/app`: a direct connection to the server, for an app that reaches
   * it through PgBouncer. What it leaves out, such as the user and the password, is as the ORM has it; a host without a port
   * has 5432. Default: the ORM's own connection.
   */
  connectionString?: string | undefined;
}

const connectTimeoutMs = 10_000;
/** After this long without an answer, a message counts as not sent. */
const publishTimeout = { timeoutMs: 250, service: 'PostgreSQL' };
const firstRetryMs = 50;
const lastRetryMs = 1000;

/**
 * A bus over LISTEN and NOTIFY of the app's own PostgreSQL, so that each process can cache sessions in memory without any
 * other server. It listens on a connection of its own, one per process, from the first look-up on. When that is lost, it
 * reconnects in the background, and the memory is not used meanwhile. It keeps no process alive.
 *
 * With `defineDurinEntities({ notify: true })`, triggers announce every change, in the transaction that makes it. Without
 * them, durin announces its own changes and those of the ORM's flushes, after the commit.
 *
 * It is for a cache without a store: a change that only a trigger announces would leave the store's entries stale. Beside a
 * store, use `redisBus`.
 *
 * On PGlite it listens within the process. Each process needs a bus of its own, as does each durin. `durin.close()` closes
 * the bus, which may then serve another durin.
 * @throws DurinUsageError naming the option that is unknown or wrong
 *
 * @example
 * const durin = createDurin({ ...options, cache: { ttl: '60s', bus: postgresBus() } });
 */
export function postgresBus(options: PostgresBusOptions = {}): Bus {
  const connectionString = checked(options);
  const heartbeatChannel = `${notifyChannel}_${randomUUID().replaceAll('-', '')}`;
  let listening: Listening | null = null;
  let heartbeats: Heartbeats | null = null;
  let retry: NodeJS.Timeout | null = null;
  let failures = 0;
  let lastError: unknown = null;
  const unanswered = new Error('PostgreSQL does not answer');
  /** Gives the present connection up. */
  let abandon: (() => void) | null = null;
  let isClosed = false;

  function connect(listen: Listen, onMessage: (message: string) => void, onPossibleLoss: () => void): void {
    let isOver = false;

    function over(error?: unknown): void {
      if (isOver) return;
      isOver = true;
      lastError = error ?? lastError;
      clearTimeout(deadline);
      void listening?.close();
      listening = null;
      heartbeats?.lost();
      if (isClosed) return;
      const delay = Math.min(firstRetryMs * 2 ** failures, lastRetryMs);
      failures += 1;
      retry = setTimeout(connect, delay, listen, onMessage, onPossibleLoss).unref();
    }

    function opened(connection: Listening): void {
      clearTimeout(deadline);
      if (isOver) return void connection.close();
      listening = connection;
      lastError = null;
      if (connection.isInProcess) onPossibleLoss();
      else heartbeats?.opened();
    }

    function receive(channel: string, payload: string): void {
      if (isOver) return;
      if (channel !== heartbeatChannel) return onMessage(payload);
      failures = 0; // not earlier: a server may accept a connection and close it
      heartbeats?.echoed(payload);
    }

    const noAnswer = new Error(`PostgreSQL did not answer within ${connectTimeoutMs} ms`);
    const deadline = setTimeout(over, connectTimeoutMs, noAnswer).unref();
    abandon = over;
    listen({
      connectionString,
      channels: [notifyChannel, heartbeatChannel],
      onNotification: receive,
      onEnd: () => over(),
    }).then(opened, over);
  }

  function onDead(): void {
    lastError = unanswered;
    abandon?.();
  }

  async function sendHeartbeat(heartbeat: string): Promise<void> {
    await listening?.notify(heartbeatChannel, heartbeat);
  }

  function isConnected(): boolean {
    if (listening?.isInProcess === true) return listening.isOpen();
    return heartbeats?.isConnected() ?? false;
  }

  return {
    listensToDatabase: true,
    start(onMessage, onPossibleLoss, _namespace, listen) {
      if (heartbeats !== null) throw new DurinUsageError('postgresBus: each createDurin needs a bus of its own');
      if (listen === undefined) throw new DurinUsageError('postgresBus: it is for the option cache.bus of createDurin');
      isClosed = false;
      failures = 0;
      heartbeats = createHeartbeats({ send: sendHeartbeat, onDead, onPossibleLoss });
      connect(listen, onMessage, onPossibleLoss);
    },
    isConnected,
    lastError: () => (heartbeats?.isOverdue() === true ? unanswered : lastError),
    whenTrusted: () => heartbeats?.whenTrusted() ?? null,
    async publish(message) {
      const connection = listening;
      if (connection === null) throw new Error('postgresBus is not connected');
      await withTimeout(() => connection.notify(notifyChannel, message), publishTimeout);
    },
    async close() {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      const closing = listening?.close();
      abandon?.();
      heartbeats?.stop();
      heartbeats = null; // it may be started again
      await closing;
    },
  };
}

/** @returns the connection string; `null`: none */
function checked(options: PostgresBusOptions): string | null {
  const { connectionString, ...unknown } = options;
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw new DurinUsageError(`postgresBus: unknown option '${key}'`);
  if (connectionString === undefined) return null;
  if (typeof connectionString !== 'string' || !isUrl(connectionString))
    throw new DurinUsageError("postgresBus: connectionString must be a URL such as 'postgresql://localhost:5432/app'");
  return connectionString;
}

function isUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text);
}
