import type { DurinError } from '../errors.ts';
import type { SessionRecord } from '../session.ts';

/** Something that ends with a session. */
export interface StreamRequest {
  /** The session, as it was looked up. */
  readonly record: SessionRecord;
  /** How many changes had been announced before that look-up. */
  readonly since: number;
  /** Why the session may not have this stream; `null`: it may. What it throws ends the stream. */
  refusalOf(record: SessionRecord): DurinError | null;
  /** Called once if the stream ends before it is closed. It must not throw. */
  onEnd(reason: Error): void;
  /** Called once if the stream is closed before it ends. */
  onClose?(): void;
}

export interface OpenStream {
  /** `null`: what was yielded may be delivered. Otherwise resolves when that may have changed. */
  clearance(): Promise<void> | null;
  close(): void;
}

export interface StreamOperations<TSession> {
  clearance(session: TSession): Promise<void> | null;
  /** Called once, when the stream is no longer open. */
  leave(session: TSession, stream: SessionStream<TSession>): void;
}

/** An open stream of a session. An instance, and not functions for each stream: thousands of streams may be open. */
export class SessionStream<TSession> implements OpenStream {
  readonly request: StreamRequest;
  readonly #session: TSession;
  readonly #operations: StreamOperations<TSession>;
  #isOpen = true;

  constructor(session: TSession, request: StreamRequest, operations: StreamOperations<TSession>) {
    this.#session = session;
    this.request = request;
    this.#operations = operations;
  }

  clearance(): Promise<void> | null {
    return this.#isOpen ? this.#operations.clearance(this.#session) : null;
  }

  close(): void {
    if (this.#leave()) this.request.onClose?.();
  }

  end(reason: Error): void {
    if (this.#leave()) this.request.onEnd(reason);
  }

  /** Returns whether it was open. */
  #leave(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    if (wasOpen) this.#operations.leave(this.#session, this);
    return wasOpen;
  }
}
