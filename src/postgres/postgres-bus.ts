import { randomUUID } from 'node:crypto';
import { withTimeout } from '../async/with-timeout.ts';
import type { Bus, Listen, Listening } from '../cache/bus.ts';
import { notifyChannel } from '../database/notify/triggers.ts';
import { DurinUsageError } from '../errors.ts';
import { createLiveness, type Liveness } from './liveness.ts';

export interface PostgresBusOptions {
  /**
   * Where to listen, such as `postgresql://localhost:5432/app`: a direct connection to the server, for an app that reaches
   * it through PgBouncer. What it leaves out, such as the user and the password, is as the ORM has it; a host without a port
   * has 5432. Default: the ORM's own connection.
   */
  connectionString?: string | undefined;
}

const tickMs = 50;
/** A heartbeat is sent with every fifth tick. */
const ticksPerHeartbeat = 5;
/** Beyond it, the memory is not trusted. */
const silenceMs = 1000;
const stallMs = 150;
/** So many heartbeats are due while one is unanswered. Then the connection is replaced. */
const maxMissedHeartbeats = 4;
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
  let liveness: Liveness | null = null;
  let timer: NodeJS.Timeout | null = null;
  let retry: NodeJS.Timeout | null = null;
  let failures = 0;
  let ticks = 0;
  /** How many heartbeats have been due since the one that is not answered yet; `null`: each is answered. */
  let missedHeartbeats: number | null = null;
  /** Gives the present connection up. */
  let abandon: (() => void) | null = null;
  let isClosed = false;

  function connect(listen: Listen, onMessage: (message: string) => void, onPossibleLoss: () => void): void {
    let isOver = false;

    function over(): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      void listening?.close();
      listening = null;
      liveness?.lost();
      if (isClosed) return;
      const delay = Math.min(firstRetryMs * 2 ** failures, lastRetryMs);
      failures += 1;
      retry = setTimeout(connect, delay, listen, onMessage, onPossibleLoss).unref();
    }

    function opened(connection: Listening): void {
      clearTimeout(deadline);
      if (isOver) return void connection.close();
      listening = connection;
      missedHeartbeats = null;
      liveness?.opened();
      if (connection.isInProcess) onPossibleLoss();
      else beat(); // a server may accept a connection and close it: only the echo ends the failures
    }

    function receive(channel: string, payload: string): void {
      if (isOver) return;
      if (channel !== heartbeatChannel) return onMessage(payload);
      failures = 0;
      liveness?.echoed(Number(payload));
    }

    const deadline = setTimeout(over, connectTimeoutMs).unref();
    abandon = over;
    listen({
      connectionString,
      channels: [notifyChannel, heartbeatChannel],
      onNotification: receive,
      onEnd: over,
    }).then(opened, over);
  }

  /** One heartbeat at a time: those that wait behind an unanswered one would prove nothing more. */
  function beat(): void {
    if (listening === null || liveness === null || listening.isInProcess) return;
    if (missedHeartbeats !== null) {
      missedHeartbeats += 1;
      if (missedHeartbeats >= maxMissedHeartbeats) abandon?.();
      return;
    }
    missedHeartbeats = 0;
    const answered = () => {
      missedHeartbeats = null;
    };
    listening.notify(heartbeatChannel, String(liveness.nextHeartbeat())).then(answered, answered);
  }

  function tick(): void {
    ticks += 1;
    const hasStalled = liveness?.tick() === true;
    isConnected(); // notices silence even if no look-up calls it
    if (ticks % ticksPerHeartbeat === 0 || (hasStalled && missedHeartbeats === null)) beat();
  }

  function isConnected(): boolean {
    if (listening === null || liveness === null) return false;
    return listening.isInProcess ? listening.isOpen() : liveness.isConnected();
  }

  return {
    listensToDatabase: true,
    start(onMessage, onPossibleLoss, _namespace, listen) {
      if (liveness !== null) throw new DurinUsageError('postgresBus: each createDurin needs a bus of its own');
      if (listen === undefined) throw new DurinUsageError('postgresBus: it is for the option cache.bus of createDurin');
      isClosed = false;
      failures = 0;
      liveness = createLiveness({ now: () => performance.now(), silenceMs, stallMs, onPossibleLoss });
      connect(listen, onMessage, onPossibleLoss);
      timer = setInterval(tick, tickMs).unref();
    },
    isConnected,
    whenTrusted() {
      if (listening === null || liveness === null || listening.isInProcess) return null;
      return liveness.whenTrusted();
    },
    async publish(message) {
      const connection = listening;
      if (connection === null) throw new Error('postgresBus is not connected');
      await withTimeout(() => connection.notify(notifyChannel, message), publishTimeout);
    },
    async close() {
      isClosed = true;
      for (const pending of [timer, retry]) if (pending !== null) clearTimeout(pending);
      const closing = listening?.close();
      abandon?.();
      liveness = null; // it may be started again
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
