import { withTimeout } from '../../async/with-timeout.ts';
import type { Listening, ListenOptions } from './listening.ts';

/** The part of a PGlite instance that is used. */
export interface PgliteClient {
  readonly closed: boolean;
  listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>>;
}

const endTimeout = { timeoutMs: 200, service: 'PGlite' };

/**
 * Listens on the ORM's PGlite, which has a single connection. Only this process uses that database, and the durins of a
 * process announce their changes to each other, so there is nothing to notify.
 */
export async function listenOnPglite(
  pglite: PgliteClient,
  { channels, onNotification }: ListenOptions,
): Promise<Listening> {
  const stops = await Promise.all(
    channels.map((channel) => pglite.listen(channel, (payload) => onNotification(channel, payload))),
  );
  return {
    isInProcess: true,
    isOpen: () => !pglite.closed,
    async notify() {},
    /** A transaction of the app may be open, or the database may be closing. */
    async close() {
      if (pglite.closed) return;
      await withTimeout(() => Promise.all(stops.map((stop) => stop())), endTimeout).catch(() => {});
    },
  };
}
