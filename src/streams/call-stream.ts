import type { DurinError } from '../errors.ts';
import type { SessionRecord } from '../session.ts';
import type { EndedSignals } from './ended-signals.ts';
import type { Ending } from './endings/ending-iterator.ts';
import type { OpenStreams } from './open-streams.ts';
import type { OpenStream, StreamRequest } from './session-stream.ts';

/** A call that its guard has let through. */
export interface FollowedCall {
  readonly record: SessionRecord;
  /** How many changes had been announced before the session was looked up. */
  readonly since: number;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Whether tRPC streams the promises and iterables in the answer. */
  readonly isStreamed: boolean;
  /** The signal of the call; aborted when its caller has left. */
  readonly signal: AbortSignal | undefined;
  /** Why the guard would not let this session through any more; `null`: it would. */
  refusalOf(record: SessionRecord): DurinError | null;
  /** Types the error that ends a stream, before the consumer sees it. */
  typeError(error: Error): void;
  /** Called once the call has a result, which may be a stream. */
  onResult(): void;
}

/**
 * A stream of a call. While it is open, its call is in progress. An instance, and not functions for each stream: thousands
 * of streams may be open.
 */
export class CallStream implements StreamRequest {
  readonly #call: FollowedCall;
  readonly #signals: EndedSignals;
  readonly #ending: Ending;
  #stream: OpenStream | null = null;
  #isOver = false;

  constructor(call: FollowedCall, signals: EndedSignals, ending: Ending) {
    this.#call = call;
    this.#signals = signals;
    this.#ending = ending;
  }

  get record(): SessionRecord {
    return this.#call.record;
  }

  get since(): number {
    return this.#call.since;
  }

  open(openStreams: Pick<OpenStreams, 'open'>): OpenStream {
    const { record, since, signal } = this.#call;
    this.#signals.begin(record, since);
    const stream = openStreams.open(this);
    this.#stream = stream;
    if (signal === undefined || this.#isOver) return stream;
    // tRPC queues `return()` behind the `next()` that waits, so a silent source would hold its stream open.
    if (signal.aborted) queueMicrotask(() => this.handleEvent());
    else signal.addEventListener('abort', this);
    return stream;
  }

  refusalOf(record: SessionRecord): DurinError | null {
    return this.#call.refusalOf(record);
  }

  onEnd(reason: Error): void {
    this.#call.typeError(reason);
    this.#finish(reason);
    this.#ending.onEnd(reason);
  }

  onClose(): void {
    this.#finish();
  }

  /** The caller has left. */
  handleEvent(): void {
    if (this.#isOver) return;
    this.#stream?.close();
    this.#ending.onEnd(null);
  }

  #finish(reason?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.signal?.removeEventListener('abort', this);
    this.#signals.finish(this.#call.record, reason);
  }
}
