import { LRUCache } from 'lru-cache';
import { DurinError } from '../errors.ts';
import type { CallOrigin, DenialCode, EventSink } from '../events.ts';
import type { Telemetry } from '../health/telemetry.ts';
import { networkOf } from '../request/network.ts';
import type { SessionRecord } from '../session.ts';
import { atMost } from '../values/at-most.ts';
import type { DurinErrorCode } from '../wire.ts';

/** A call that was refused. */
export interface DeniedCall {
  /** The procedure's path; `null`: the call was no procedure. */
  readonly path: string | null;
  readonly origin: CallOrigin;
  /** `null`: the caller is not signed in. */
  readonly session: Pick<SessionRecord, 'id' | 'userId' | 'client'> | null;
}

/** Reports refusals: those that are worth a security log as the event `denied`, and all of them to an observer. */
export interface Denials {
  /** Emits `denied` if the error is such a refusal, at most ten times a minute per session, or per address without one. */
  report(error: unknown, call: DeniedCall): void;
}

export interface DenialsDeps {
  readonly events: EventSink;
  readonly telemetry: Pick<Telemetry, 'observer'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Not in the list: NO_CREDENTIALS, which is how anonymous callers begin, and TOKEN_EXPIRED, which is how sessions end. Both
 * are no sign of an attack, and `tokenExpired` reports the latter.
 */
const reported: Readonly<Partial<Record<DurinErrorCode, DenialCode>>> = {
  INVALID_TOKEN: 'INVALID_TOKEN',
  MALFORMED_HEADER: 'MALFORMED_HEADER',
  USER_INACTIVE: 'USER_INACTIVE',
  CLIENT_NOT_ALLOWED: 'CLIENT_NOT_ALLOWED',
  INSUFFICIENT_SCOPE: 'INSUFFICIENT_SCOPE',
  NETWORK_NOT_ALLOWED: 'NETWORK_NOT_ALLOWED',
  CROSS_SITE: 'CROSS_SITE',
  NOT_ADMIN: 'NOT_ADMIN',
};

const maxEmitted = 10;
const windowMs = 60_000;
/** Callers whose refusals are counted, about 2 MB. */
const maxCallers = 10_000;

interface Window {
  readonly endsAt: number;
  emitted: number;
  suppressed: number;
}

export function createDenials({ events, telemetry, now }: DenialsDeps): Denials {
  const windows = new LRUCache<string, Window>(atMost(maxCallers));

  /** How many refusals went unreported since the last one; `null`: this one is to go unreported as well. */
  function countOf(caller: string): number | null {
    const known = windows.get(caller);
    const isOver = known === undefined || now() >= known.endsAt;
    const window = isOver ? { endsAt: now() + windowMs, emitted: 0, suppressed: known?.suppressed ?? 0 } : known;
    windows.set(caller, window);
    if (window.emitted >= maxEmitted) {
      window.suppressed += 1;
      return null;
    }
    const { suppressed } = window;
    window.emitted += 1;
    window.suppressed = 0;
    return suppressed;
  }

  return {
    report(error, { path, origin: { ipAddress, userAgent }, session }) {
      if (!(error instanceof DurinError)) return;
      telemetry.observer?.refused(error.durin.code);
      const code = reported[error.durin.code];
      if (code === undefined) return;
      const address = ipAddress === null ? 'unknown' : networkOf(ipAddress);
      const suppressed = countOf(session === null ? `address:${address}` : `session:${session.id}`);
      if (suppressed === null) return;
      const userId = session?.userId ?? null;
      const client = session?.client.name ?? null;
      events.emit('denied', { code, path, userId, client, ipAddress, userAgent, suppressed });
    },
  };
}
