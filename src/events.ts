/** Which token an event is about. Ids and names, never a secret. */
export interface TokenEvent<TUserId = unknown> {
  readonly tokenId: string;
  readonly userId: TUserId;
  /** The client's name. */
  readonly client: string;
}

/** From where a call came; `null` where it is not known. */
export interface CallOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Why a token ended before its time. */
export type RevocationReason =
  | 'logout'
  | 'logout-all'
  | 'revoked'
  | 'replaced'
  | 'client-deleted'
  | 'user-deleted'
  | 'user-inactive';

/** Who did something as an admin. */
export type AdminActor<TUserId = unknown> = (TokenEvent<TUserId> & CallOrigin) | 'command-line';

/** What an admin did, and to what. */
export type AdminAction<TUserId = unknown> =
  | { readonly action: 'client-created'; readonly client: string }
  | { readonly action: 'client-updated'; readonly client: string; readonly changes: ClientChanges }
  | { readonly action: 'client-deleted'; readonly client: string; readonly tokens: number }
  | (TokenEvent<TUserId> & { readonly action: 'token-issued'; readonly expiry: Date | null })
  | (TokenEvent<TUserId> & { readonly action: 'token-revoked' })
  | { readonly action: 'user-signed-out'; readonly userId: TUserId; readonly revoked: number }
  | { readonly action: 'expired-purged'; readonly purged: number };

/** What a client has now that was changed. */
export interface ClientChanges {
  readonly name?: string;
  /** Seconds; `null`: its tokens never expire. */
  readonly tokenTtl?: number | null;
  readonly throttleRate?: string | null;
}

/**
 * What durin tells, after it is committed, once per fact. Every token's life is `tokenIssued`, any number of
 * `tokenRenewed`, and `tokenRevoked` or `tokenExpired`; the other events tell what callers did.
 */
export interface DurinEvents<TUserId = unknown> {
  /** `isNewToken`: whether the login issued it, or gave the one that the pair had. */
  loggedIn: TokenEvent<TUserId> & CallOrigin & { readonly isNewToken: boolean };
  /** The user name is not told: people type passwords into that field. */
  loginFailed: CallOrigin & {
    readonly code: 'INVALID_CREDENTIALS' | 'NO_CLIENT' | 'UNKNOWN_CLIENT';
    readonly userId: TUserId | null;
  };
  loggedOut: TokenEvent<TUserId> & { readonly everywhere: boolean };
  tokenIssued: TokenEvent<TUserId> & { readonly expiry: Date | null };
  tokenRenewed: TokenEvent<TUserId> & { readonly expiry: Date | null };
  /** The row of an expired token was removed: it was presented, replaced or purged. */
  tokenExpired: TokenEvent<TUserId>;
  tokenRevoked: TokenEvent<TUserId> & { readonly reason: RevocationReason };
  throttled: CallOrigin & {
    readonly scope: string;
    readonly userId: TUserId | null;
    readonly client: string | null;
    /** Seconds. */
    readonly retryAfter: number;
  };
  /** Each change that was made through the admin router or the command line, whatever other events it had. */
  adminAction: AdminAction<TUserId> & { readonly by: AdminActor<TUserId> };
}

export type EventName = keyof DurinEvents;

type Listener<TEvent> = (event: TEvent) => unknown;

/** Told of a listener that threw or rejected. */
export type ListenerErrorHandler = (error: unknown, event: EventName) => void;

export interface EventSource<TUserId = unknown> {
  /** Calls `listener` at each event of that name; the returned function ends that. */
  on<TName extends EventName>(name: TName, listener: Listener<DurinEvents<TUserId>[TName]>): () => void;
}

export interface EventSink {
  emit<TName extends EventName>(name: TName, event: DurinEvents[TName]): void;
}

export interface EventHub<TUserId = unknown> extends EventSource<TUserId>, EventSink {
  /** Resolves once no listener is at work any more. */
  settled(): Promise<void>;
}

/** Tells listeners one after the other, waits for none of them, and survives every one. */
export function createEventHub<TUserId>(onListenerError: ListenerErrorHandler): EventHub<TUserId> {
  const listeners = new Map<EventName, Set<Listener<never>>>();
  const working = new Set<Promise<void>>();

  async function tell(listener: Listener<never>, name: EventName, event: unknown): Promise<void> {
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
      const own: Listener<never> = (event) => listener(event); // so that one function can listen twice
      const ofName = listeners.get(name) ?? new Set();
      listeners.set(name, ofName.add(own));
      return () => void ofName.delete(own);
    },
    emit(name, event) {
      const frozen = Object.freeze({ ...event });
      for (const listener of listeners.get(name) ?? []) {
        const work = tell(listener, name, frozen).finally(() => working.delete(work));
        working.add(work);
      }
    },
    async settled() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
