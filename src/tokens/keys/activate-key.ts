import { createSingleFlight } from '../../async/single-flight.ts';
import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import type { KeyStore } from '../../database/keys/key-store.ts';
import type { CallOrigin, EventSink } from '../../events.ts';
import type { Actors } from '../../records/actors.ts';
import type { SessionRecord } from '../../session.ts';
import { toTokenEvent } from '../token-event.ts';

/**
 * Counts an accepted call as the first use of a rolled key: the key that it replaces works on for the overlap, or ends. Does
 * nothing for other sessions.
 * @throws DurinError STORE_UNAVAILABLE
 */
export type ActivateKey = (record: SessionRecord, origin: CallOrigin) => Promise<void>;

export interface ActivateKeyDeps {
  readonly keyStore: Pick<KeyStore, 'activateKey'>;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asUser'> | null;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createActivateKey({ keyStore, actors, events, bounded, now }: ActivateKeyDeps): ActivateKey {
  /** The first uses that arrive together share a statement. */
  const activating = createSingleFlight<void>();

  async function activate(record: SessionRecord): Promise<void> {
    for (const key of await keyStore.activateKey(record, now())) {
      const { expiresAt } = key;
      if (expiresAt === null) events.emit('tokenRevoked', { ...toTokenEvent(key), reason: 'replaced' });
      else events.emit('tokenRenewed', { ...toTokenEvent(key), expiry: expiresAt });
    }
  }

  return async function activateKey(record, origin) {
    if (record.replaces === null) return;
    const work = () => bounded(() => activate(record));
    const inFlight = activating.inFlight(record.id)?.answer;
    await (inFlight ??
      activating.start(record.id, () => (actors === null ? work() : actors.asUser(record, origin, work))));
  };
}
