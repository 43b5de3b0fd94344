import type { DurinError } from '../errors.ts';
import type { SessionRecord } from '../session.ts';
import { isExpired } from '../values/expiry.ts';
import type { KnownSession } from './judge-session.ts';

/** Something that ends with a session. */
export interface StreamRequest {
  /** The session, as it was looked up. */
  readonly record: SessionRecord;
  /** How many changes had been announced before that look-up. */
  readonly since: number;
  /** Why the session may not have this stream; `null`: it may. What it throws ends the stream. */
  readonly refusalOf: (record: SessionRecord) => DurinError | null;
  /** Called once if the stream ends before it is closed. It must not throw. */
  readonly onEnd: (reason: Error) => void;
  /** Called once if the stream is closed before it ends. */
  readonly onClose?: () => void;
}

/** Milliseconds after which a look-up that failed is repeated. */
const retryMs = 1000;

/** A session with open streams. */
export class OpenSession implements KnownSession {
  readonly selector: string;
  readonly userId: unknown;
  readonly clientId: number;
  readonly streams = new Set<StreamRequest>();
  expiresAt: Date | null;
  /** Whether it is to be judged before anything is delivered. */
  isSuspended = false;
  /** How often it was suspended. */
  suspensions = 0;
  /** Since when it is suspended. */
  #suspendedAt = 0;
  #judged: PromiseWithResolvers<void> | null = null;
  /** Since when it could not be looked up, and when that is tried again. */
  #failure: { readonly since: number; readonly retryAt: number } | null = null;

  constructor({ selector, userId, client, expiresAt }: SessionRecord) {
    this.selector = selector;
    this.userId = userId;
    this.clientId = client.id;
    this.expiresAt = expiresAt;
  }

  suspend(): void {
    if (!this.isSuspended) this.#suspendedAt = performance.now();
    this.suspensions += 1;
    this.isSuspended = true;
  }

  resume(): void {
    this.isSuspended = false;
    this.#judged?.resolve();
    this.#judged = null;
  }

  /** Resolves when the session is no longer suspended. */
  judged(): Promise<void> {
    this.#judged ??= Promise.withResolvers();
    return this.#judged.promise;
  }

  isExpired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }

  /** Milliseconds until it is to be looked up; `Infinity`: when a change is announced, or the look-up in progress has ended. */
  dueInMs(now: number): number {
    if (this.#failure !== null) return this.#failure.retryAt - performance.now();
    if (this.isSuspended) return Infinity;
    return this.expiresAt === null ? Infinity : this.expiresAt.getTime() - now;
  }

  lookUpBegan(): void {
    if (this.#failure !== null) this.#failure = { ...this.#failure, retryAt: Infinity };
  }

  lookUpSucceeded(): void {
    this.#failure = null;
  }

  /** Returns for how long it could not be looked up, in milliseconds: since it was suspended, or since a look-up failed. */
  lookUpFailed(): number {
    const at = performance.now();
    const since = this.#failure?.since ?? (this.isSuspended ? this.#suspendedAt : at);
    this.#failure = { since, retryAt: at + retryMs };
    return at - since;
  }
}
