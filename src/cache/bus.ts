import type { Listen } from '../database/notify/listening.ts';

export type { Listen, Listening, ListenOptions } from '../database/notify/listening.ts';

/**
 * The port to messages between processes, by which each process learns about changes that another one made. It may lose
 * messages and reports when it might have: listeners must then clear their memory. `redisBus` is the implementation that
 * comes with the package. Implement this interface to use another message broker. Each durin needs a bus of its own.
 *
 * @example
 * // Connects several durins of one process, for a test.
 * function localBus(emitter: EventEmitter): Bus {
 *   let stop: (() => void) | null = null;
 *   return {
 *     start(onMessage, onPossibleLoss) {
 *       emitter.on('message', onMessage);
 *       stop = () => emitter.off('message', onMessage);
 *       onPossibleLoss(); // connected
 *     },
 *     isConnected: () => stop !== null,
 *     publish: async (message) => void emitter.emit('message', message),
 *     close: async () => stop?.(),
 *   };
 * }
 */
export interface Bus {
  /**
   * Whether it listens to the app's database. It is refused beside a store: what only a trigger announces would leave the
   * store's entries stale. Default: false.
   */
  readonly listensToDatabase?: boolean;
  /**
   * Starts to listen. Connects in the background, and reconnects whenever the connection is lost. Called once, and again only
   * after `close()`, if another durin then has the bus. If it throws or rejects, the bus counts as disconnected, and later
   * look-ups and changes call it again: it must then leave nothing half started.
   * @param onMessage called with each message that any process publishes; it may be called with this process's own
   * @param onPossibleLoss called when messages may have been lost, and each time the bus has connected. `isConnected()`
   *   returns true then
   * @param namespace names the app's database and schema, for a bus that chooses its channel by it. Messages of other apps
   *   may arrive: they are ignored
   * @param listen listens to the app's own database, for a bus over it
   */
  start(onMessage: (message: string) => void, onPossibleLoss: () => void, namespace?: string, listen?: Listen): void;
  /** Whether messages that other processes publish now will arrive. */
  isConnected(): boolean;
  /**
   * For a bus that may not have read its messages, as after its process was stopped, or that has just lost its connection:
   * resolves once it has read them, after `onPossibleLoss` if some were lost, or does not expect to soon. Open subscriptions
   * deliver nothing until then. `null`: nothing waits unread, or it is not connected. Default: always `null`.
   */
  whenTrusted?(): Promise<void> | null;
  /** Why it is not connected: the last error of its connection. Default: none is known. */
  lastError?(): unknown;
  /** Rejects if the message could not be sent. */
  publish(message: string): Promise<void>;
  close(): Promise<void>;
}
