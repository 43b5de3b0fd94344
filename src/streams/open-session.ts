import type { SessionRecord } from '../session.ts';
import { isExpired } from '../values/expiry.ts';
import type { Due } from './due-queue.ts';
import type { KnownSession } from './judge-session.ts';
import type { OneOrMany } from './one-or-many.ts';
import type { SessionStream } from './session-stream.ts';

interface Suspension {
  readonly since: number;
  judged: PromiseWithResolvers<void> | null;
}

/** A session with open streams. */
export class OpenSession implements KnownSession, Due {
  readonly selector: string;
  readonly userId: unknown;
  readonly clientId: number;
  streams: OneOrMany<SessionStream<OpenSession>> = null;
  expiresAt: Date | null;
  place: number | null = null;
  /** How often it was suspended. */
  suspensions = 0;
  /** `null`: it is not suspended. */
  #suspension: Suspension | null = null;
  /** Since when it could not be looked up. */
  #failedAt: number | null = null;

  constructor({ selector, userId, client, expiresAt }: SessionRecord) {
    this.selector = selector;
    this.userId = userId;
    this.clientId = client.id;
    this.expiresAt = expiresAt;
  }

  get dueAt(): number {
    return this.expiresAt?.getTime() ?? Infinity;
  }

  /** Whether it is to be judged before anything is delivered. */
  get isSuspended(): boolean {
    return this.#suspension !== null;
  }

  suspend(): void {
    this.suspensions += 1;
    this.#suspension ??= { since: performance.now(), judged: null };
  }

  resume(): void {
    this.#suspension?.judged?.resolve();
    this.#suspension = null;
  }

  /** While it is suspended, resolves when it is no longer; otherwise `null`. */
  judged(): Promise<void> | null {
    if (this.#suspension === null) return null;
    this.#suspension.judged ??= Promise.withResolvers();
    return this.#suspension.judged.promise;
  }

  isExpired(now: number): boolean {
    return isExpired(this.expiresAt, now);
  }

  lookUpSucceeded(): void {
    this.#failedAt = null;
  }

  /** Returns for how long it could not be looked up, in milliseconds: since it was suspended, or since a look-up failed. */
  lookUpFailed(): number {
    const at = performance.now();
    this.#failedAt ??= this.#suspension?.since ?? at;
    return at - this.#failedAt;
  }
}
