import { withTimeout } from '../async/with-timeout.ts';

/**
 * A store that several processes share: a Keyv, or any object with these methods. A call that fails must reject, return
 * `false`, or make the store emit `error`. For a Redis cluster use `redisStore`: `createDurin` refuses a `KeyvRedis` over one.
 *
 * If the store has `on` and `off`, durin listens to its `error` event until `durin.close()`; of a Keyv, also to the
 * adapter's. Such an error then no longer ends the process. To log it, add a listener of your own.
 *
 * @example
 * // A Keyv over Redis that fails fast while Redis is away. `pingInterval` keeps an idle connection from timing out.
 * const adapter = new KeyvRedis(
 *   {
 *     url,
 *     disableOfflineQueue: true,
 *     pingInterval: 500,
 *     socket: { connectTimeout: 1000, socketTimeout: 2000, reconnectStrategy: 250 },
 *   },
 *   { throwOnErrors: true, throwOnConnectError: false },
 * );
 * const store = new Keyv(adapter, { throwOnErrors: true });
 * const durin = createDurin({ ...options, cache: { ttl: '60s', store } });
 */
export interface KeyValueStore {
  get(key: string): unknown;
  /** @param ttl milliseconds */
  set(key: string, value: string, ttl: number): unknown;
  delete(key: string): unknown;
  /** Returns one value for each key, in the same order. Default: one `get` for each key. */
  getMany?(keys: string[]): unknown;
  /**
   * Returns for each key a short text about the server that holds it: another text once that server was restarted, or
   * replaced by its replica. With it, nothing that such a change sets back is believed. If it has `on`, it emits
   * `topology-change` when a connection may lead to another server. Default: none, and one server for all keys.
   */
  serversOf?(keys: string[]): unknown;
  /** Closes its connections. `durin.close()` calls it, even if the app uses the store for something else. */
  disconnect?(): unknown;
}

/**
 * While a call is unanswered, none is sent for at most this long, in milliseconds. Longer than the socket timeout of a
 * client, which each write would restart: so the client notices that its connection is lost, and replaces it.
 */
const maxSilenceMs = 3000;

/** A store whose calls all end within a timeout. */
export interface SharedStore {
  /** Returns `undefined` for a key that has no value. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Calls back when the store emits an error, such as a lost connection that no call was using. */
  onError?(listener: (error: unknown) => void): void;
  /** Calls back when a key may lie on another server than before. */
  onTopologyChange?(listener: () => void): void;
  /** A short text for each key about the server that holds it. Without it, all servers count as one that never changes. */
  serversOf?(keys: readonly string[]): Promise<readonly string[]>;
  close?(): Promise<void>;
}

/** How a Redis answers whose ACL does not allow a command, or that does not have it. */
const refusal = /^(?:NOPERM|ERR unknown command)/;

/**
 * @param timeoutMs milliseconds after which a call has failed, because a frozen server never answers
 * @param onWarning called once if the store may not name its servers. Default: nothing is reported
 */
export function createSharedStore(
  store: KeyValueStore,
  timeoutMs: number,
  onWarning: (message: string) => void = () => {},
): SharedStore {
  const timeout = { timeoutMs, service: 'the store' };
  // By default a Keyv over Redis emits its errors, and then answers as if the store were empty and accepted everything.
  const emitters = [store, adapterOf(store)].filter(isEmitter);
  let errors = 0;
  let lastError: unknown = null;
  let notifyError: ((error: unknown) => void) | null = null;
  let notifyTopologyChange: (() => void) | null = null;
  const changeTopology = () => notifyTopologyChange?.();
  const countError = (error: unknown) => {
    errors += 1;
    lastError = error;
    notifyError?.(error);
  };
  for (const emitter of emitters) emitter.on('error', countError);
  const namesServers = typeof store.serversOf === 'function';
  if (namesServers && isEmitter(store)) store.on('topology-change', changeTopology);

  /** A call that took too long, and has not been answered yet. */
  let unanswered: { readonly answer: Promise<unknown>; readonly since: number } | null = null;

  async function call<T>(work: () => T | Promise<T>): Promise<T> {
    if (unanswered !== null && performance.now() - unanswered.since < maxSilenceMs)
      throw new Error('the store does not answer');
    const errorsBefore = errors;
    const answer = new Promise<T>((done) => done(work()));
    try {
      await withTimeout(() => answer, timeout);
    } catch (error) {
      waitForAnswer(answer);
      throw error;
    }
    if (errors !== errorsBefore) throw new Error('the store emitted an error', { cause: lastError });
    return answer;
  }

  function waitForAnswer(answer: Promise<unknown>): void {
    unanswered = { answer, since: performance.now() };
    const answered = () => {
      if (unanswered?.answer === answer) unanswered = null;
    };
    answer.then(answered, answered);
  }

  let mayNameServers = true;

  /** A store that refuses to name its servers is used without their names. */
  function withoutNames(error: unknown): null {
    if (!(error instanceof Error && refusal.test(error.message))) throw error;
    if (mayNameServers)
      onWarning(
        `trpc-durin: the cache's store does not name its servers, so a failover that loses writes may go unnoticed. ` +
          `Allow its user the command info: ${error.message}`,
      );
    mayNameServers = false;
    return null;
  }

  async function readMany(keys: readonly string[]): Promise<unknown[]> {
    const values = store.getMany === undefined ? keys.map((key) => store.get(key)) : await store.getMany([...keys]);
    if (!Array.isArray(values) || values.length !== keys.length)
      throw new TypeError('getMany must return one value per key');
    return Promise.all(values);
  }

  return {
    async getMany(keys) {
      const values = await call(() => readMany(keys));
      return values.map((value) => (typeof value === 'string' ? value : undefined));
    },
    async set(key, value, ttlMs) {
      const answer = await call(() => store.set(key, value, ttlMs));
      if (answer === false) throw new Error('the store did not accept a value'); // as Keyv reports an error
    },
    async delete(key) {
      await call(() => store.delete(key));
    },
    onError(listener) {
      notifyError = listener;
    },
    onTopologyChange(listener) {
      notifyTopologyChange = listener;
    },
    async serversOf(keys) {
      if (!namesServers) return [];
      const names = await call(() => store.serversOf?.([...keys])).catch(withoutNames);
      if (names === null) return [];
      if (!Array.isArray(names) || names.length !== keys.length)
        throw new TypeError('serversOf must return one text per key');
      return names.map(String);
    },
    /** Closes a Keyv's adapter directly: the adapter has an option not to wait for a frozen server, which Keyv lacks. */
    async close() {
      notifyError = null;
      notifyTopologyChange = null;
      const closing = [adapterOf(store), store].find(isDisconnectable);
      await withTimeout(() => closing?.disconnect(true), timeout).catch(() => {});
      for (const emitter of emitters) emitter.off('error', countError);
      if (namesServers && isEmitter(store)) store.off('topology-change', changeTopology);
    },
  };
}

/** Whether a store is a `KeyvRedis` over a cluster, or a Keyv over one. It cannot name the servers of its keys. */
export function isKeyvOverCluster(store: KeyValueStore): boolean {
  return [store, adapterOf(store)].some((adapter) => mayBeCluster(adapter) && adapter.isCluster());
}

function mayBeCluster(value: unknown): value is { isCluster(): boolean } {
  return hasMethod(value, 'isCluster');
}

/** The adapter that a Keyv keeps its values in. */
function adapterOf(store: KeyValueStore): unknown {
  return 'store' in store ? store.store : undefined;
}

interface Emitter {
  on(event: 'error' | 'topology-change', listener: (error: unknown) => void): unknown;
  off(event: 'error' | 'topology-change', listener: (error: unknown) => void): unknown;
}

function isEmitter(value: unknown): value is Emitter {
  return hasMethod(value, 'on') && hasMethod(value, 'off');
}

function isDisconnectable(value: unknown): value is { disconnect(isForced: boolean): unknown } {
  return hasMethod(value, 'disconnect');
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function';
}
