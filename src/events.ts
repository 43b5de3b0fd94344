/** The token that an event is about, by ids and names. Events never contain secrets. */
export interface TokenEvent<TUserId = unknown> {
  readonly tokenId: string;
  readonly userId: TUserId;
  /** The client's name. */
  readonly client: string;
}

/** Where a call came from. `null`: not known. */
export interface CallOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Why a token ended before its expiry. */
export type RevocationReason =
  | 'logout'
  | 'logout-all'
  | 'revoked'
  | 'replaced'
  | 'evicted'
  | 'client-deleted'
  | 'user-deleted'
  | 'user-inactive'
  | 'credentials-changed'
  | 'leaked';

/** Why a call that is no login was refused, as far as it may be a sign of an attack. */
export type DenialCode =
  | 'INVALID_TOKEN'
  | 'MALFORMED_HEADER'
  | 'USER_INACTIVE'
  | 'CLIENT_NOT_ALLOWED'
  | 'INSUFFICIENT_SCOPE'
  | 'NETWORK_NOT_ALLOWED'
  | 'CROSS_SITE'
  | 'NOT_ADMIN';

/** A part that may fail without refusing calls: the cache's store, its bus, or the throttle's store. */
export type CachePart = 'store' | 'bus' | 'throttle';

/** The admin who made a change: a session, or the command line. */
export type AdminActor<TUserId = unknown> = (TokenEvent<TUserId> & CallOrigin) | 'command-line';

/** A change made by an admin. */
export type AdminAction<TUserId = unknown> =
  | { readonly action: 'client-created'; readonly client: string }
  | { readonly action: 'client-updated'; readonly client: string; readonly changes: ClientChanges }
  | { readonly action: 'client-deleted'; readonly client: string; readonly tokens: number }
  | (TokenEvent<TUserId> & { readonly action: 'token-issued'; readonly expiry: Date | null })
  | (TokenEvent<TUserId> & {
      readonly action: 'key-rolled';
      readonly expiry: Date | null;
      /** The id of the key that the new one replaces from its first use on. */
      readonly replaces: string;
    })
  | (TokenEvent<TUserId> & { readonly action: 'key-renamed'; readonly name: string })
  | (TokenEvent<TUserId> & { readonly action: 'token-revoked' })
  | { readonly action: 'user-signed-out'; readonly userId: TUserId; readonly revoked: number }
  | { readonly action: 'expired-purged'; readonly purged: number };

/** The new values of the fields of a client that were changed. */
export interface ClientChanges {
  readonly name?: string;
  /** Seconds; `null`: its tokens never expire. */
  readonly tokenTtl?: number | null;
  readonly throttleRate?: string | null;
  readonly maxSessions?: number;
  readonly atLimit?: 'end-oldest' | 'refuse';
  /** Seconds; `null`: there is none. The same for `maxLifetime`. */
  readonly idleTtl?: number | null;
  readonly maxLifetime?: number | null;
}

/**
 * The events of `durin.events`. Each is emitted once. Events about tokens and `adminAction` are emitted after the
 * change is committed. The others are emitted immediately, because they are true whatever is committed. A token's life is
 * `tokenIssued`, any number of `tokenRenewed`, then `tokenRevoked` or `tokenExpired`.
 */
export interface DurinEvents<TUserId = unknown> {
  /** `isNewToken`: true if the login issued the token, false if it returned the existing token of the user and client. */
  loggedIn: TokenEvent<TUserId> & CallOrigin & { readonly isNewToken: boolean };
  /**
   * A login or a reauthentication was refused; the user of the latter is that of its session. Contains no user name, because
   * people type passwords into that field.
   */
  loginFailed: CallOrigin & {
    readonly code:
      | 'INVALID_CREDENTIALS'
      | 'NO_CLIENT'
      | 'UNKNOWN_CLIENT'
      | 'CLIENT_NOT_ALLOWED'
      | 'SESSION_LIMIT'
      | 'CROSS_SITE'
      | 'COOKIE_UNAVAILABLE';
    readonly userId: TUserId | null;
  };
  /** The user of a session has confirmed their identity again, with `reauthenticate`. */
  reauthenticated: TokenEvent<TUserId> & CallOrigin;
  loggedOut: TokenEvent<TUserId> & { readonly everywhere: boolean };
  tokenIssued: TokenEvent<TUserId> & { readonly expiry: Date | null };
  tokenRenewed: TokenEvent<TUserId> & { readonly expiry: Date | null };
  /**
   * A key expires soon. Emitted once per key and step: 14 days, 7 days and 1 day before. It is noticed when the key is used, by
   * `durin.flush()` and by `durin.tokens.purgeExpired()`.
   */
  tokenExpiring: TokenEvent<TUserId> & {
    readonly name: string | null;
    readonly expiry: Date;
    /** The step: 14, 7 or 1. */
    readonly daysLeft: number;
  };
  /** The row of an expired token was deleted, because the token was presented, replaced or purged. */
  tokenExpired: TokenEvent<TUserId>;
  tokenRevoked: TokenEvent<TUserId> & { readonly reason: RevocationReason };
  /**
   * A token was found in public and reported to `durin.leaks`, and is revoked. Emitted once per token, after its
   * `tokenRevoked`.
   */
  tokenLeaked: TokenEvent<TUserId> & {
    /** The name of the pattern that the app registered. */
    readonly type: string;
    /** Where it was found; `null`: not known. */
    readonly url: string | null;
    /** The kind of that place, such as `commit`; `null`: not known. */
    readonly source: string | null;
  };
  throttled: CallOrigin & {
    readonly scope: string;
    readonly userId: TUserId | null;
    readonly client: string | null;
    /** Seconds. */
    readonly retryAfter: number;
  };
  /**
   * The cache's store fails or refuses writes, so look-ups ask the database. Or the bus is not connected, so no session is
   * kept in this process. Or the throttle's store fails, so this process counts by itself. Emitted once for each outage.
   */
  cacheUnavailable: { readonly part: CachePart; readonly reason: string };
  /** That part is used again. */
  cacheRecovered: { readonly part: CachePart };
  /** A call was refused. Emitted at most ten times a minute per session, or per address if the token was refused. */
  denied: CallOrigin & {
    readonly code: DenialCode;
    /** `null`: the token was refused. The same for `client`. */
    readonly userId: TUserId | null;
    readonly client: string | null;
    /** The procedure's path, such as `reports.publish`; `null`: a route that is not tRPC. */
    readonly path: string | null;
    /** How many refusals of this caller were not emitted since the last one that was. */
    readonly suppressed: number;
  };
  /** Any change made through the admin router or the command line, in addition to the events of the change itself. */
  adminAction: AdminAction<TUserId> & { readonly by: AdminActor<TUserId> };
}

export type EventName = keyof DurinEvents;

/** Events about calls and outages, which are true whether or not the transaction around the call commits. */
const immediateEvents: ReadonlySet<EventName> = new Set([
  'loginFailed',
  'throttled',
  'denied',
  'cacheUnavailable',
  'cacheRecovered',
]);

/** Whether an event is about rows, so that it is true once these are committed. */
function isAboutRows(name: EventName): boolean {
  return !immediateEvents.has(name);
}

type Listener<TEvent> = (event: TEvent) => unknown;

/** Called when a listener throws or rejects. */
export type ListenerErrorHandler = (error: unknown, event: EventName) => void;

/** The public side of the events: `durin.events`. */
export interface EventSource<TUserId = unknown> {
  /** Calls `listener` for each event of that name. Returns a function that removes the listener. */
  on<TName extends EventName>(name: TName, listener: Listener<DurinEvents<TUserId>[TName]>): () => void;
}

/** The inner side of the events. */
export interface EventSink {
  emit<TName extends EventName>(name: TName, event: DurinEvents[TName]): void;
}

export interface EventHub<TUserId = unknown> extends EventSource<TUserId>, EventSink {
  /** Resolves once every listener has finished. */
  settled(): Promise<void>;
}

/** Calls the listeners in order of registration, without waiting for any. A listener that fails does not affect others. */
export function createEventHub<TUserId>(onListenerError: ListenerErrorHandler): EventHub<TUserId> {
  const listeners = new Map<EventName, Set<Listener<never>>>();
  const inFlight = new Set<Promise<void>>();

  async function notify(listener: Listener<never>, name: EventName, event: unknown): Promise<void> {
    try {
      await listener(event as never);
    } catch (error) {
      reportSafely(error, name);
    }
  }

  function reportSafely(error: unknown, name: EventName): void {
    try {
      onListenerError(error, name);
    } catch (second) {
      console.error(second);
    }
  }

  return {
    on(name, listener) {
      const registration: Listener<never> = (event) => listener(event); // lets the same function be registered twice
      const ofName = listeners.get(name) ?? new Set();
      listeners.set(name, ofName.add(registration));
      return () => void ofName.delete(registration);
    },
    emit(name, event) {
      const frozen = Object.freeze({ ...event });
      for (const listener of listeners.get(name) ?? []) {
        const call = notify(listener, name, frozen).finally(() => inFlight.delete(call));
        inFlight.add(call);
      }
    },
    async settled() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

/** What decides when a change is true. */
export interface Commits {
  afterCommit(callback: () => unknown): Promise<void>;
  outsideTransaction<T>(work: () => T): T;
}

/** Emits events about rows once these are committed. What listeners write is not part of the app's transaction. */
export function createCommittedEvents(hub: EventSink, { afterCommit, outsideTransaction }: Commits): EventSink {
  return {
    emit(name, event) {
      const notify = () => outsideTransaction(() => hub.emit(name, event)); // what listeners write must not roll back
      if (isAboutRows(name)) void afterCommit(notify);
      else notify();
    },
  };
}
