import { hasValue, listOf, type OneOrMany, withoutValue, withValue } from '../one-or-many.ts';
import type { OpenStream } from '../session-stream.ts';

/** What is to end with a session. */
export interface Ending {
  /** Called once if the stream ends before it is closed: with the reason, or with `null` if the caller has left. */
  onEnd(reason: Error | null): void;
}

/** Opens the stream of what is about to be delivered. */
export type OpenEnding = (ending: Ending) => OpenStream;

/** Answers a request for a value. It rejects with a promise that has rejected: so each request keeps one function, not two. */
type Answer = (result: IteratorResult<unknown, unknown> | Promise<never>) => void;

/**
 * Passes on what an async iterable yields until its session ends. Then the consumer gets the reason as the last event, at
 * once: also if the source never yields again, and if nobody waits for it. The source's `return()` is called, and not
 * awaited, because a generator that waits does not return before it has what it waits for.
 *
 * It opens its stream when the first value is requested, so one that nobody reads leaves nothing behind.
 */
export class EndingIterator implements AsyncGenerator<unknown, unknown, unknown>, Ending {
  readonly #source: AsyncIterable<unknown>;
  readonly #wrap: (value: unknown) => unknown;
  /** `null` once it has opened. */
  #open: OpenEnding | null;
  #iterator: AsyncIterator<unknown> | null = null;
  #stream: OpenStream | null = null;
  #isDone = false;
  /** Why the session ended, until the consumer knows. */
  #reason: Error | null = null;
  /** The requests for a value that the source has not answered. */
  #waiting: OneOrMany<Answer> = null;

  /** @param wrap wraps what a value of the source contains */
  constructor(source: AsyncIterable<unknown>, open: OpenEnding, wrap: (value: unknown) => unknown) {
    this.#source = source;
    this.#open = open;
    this.#wrap = wrap;
  }

  /** A stream waits here most of its life: without an async function, that is a single promise. */
  next(...sent: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    const open = this.#isDone ? null : this.#open;
    this.#open = null;
    if (open !== null) this.#stream = open(this);
    return this.#isDone || this.#clearance() !== null ? this.#nextWhenCleared(sent) : this.#request(sent);
  }

  async #nextWhenCleared(sent: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    await this.#cleared();
    return this.#isDone ? this.#lastEvent() : this.#request(sent);
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    if (this.#leave()) return { done: true, value };
    const iterator = this.#opened();
    return iterator.return === undefined ? { done: true, value } : iterator.return(value);
  }

  async throw(error: unknown): Promise<IteratorResult<unknown, unknown>> {
    if (this.#leave()) throw error;
    const iterator = this.#opened();
    if (iterator.throw === undefined) throw error;
    return iterator.throw(error);
  }

  /** @param reason the last event; `null`: the consumer has left, and none is due */
  onEnd(reason: Error | null): void {
    this.#isDone = true;
    this.#reason = reason;
    const waiting = listOf(this.#waiting);
    this.#waiting = null;
    for (const answer of waiting) this.#settle(answer, () => this.#lastEvent());
    void this.#returnSource();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #request(sent: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    const { promise, resolve } = Promise.withResolvers<IteratorResult<unknown, unknown>>();
    this.#waiting = withValue<Answer>(this.#waiting, resolve);
    this.#ask(sent).then(
      (result) => void this.#answer(resolve, () => this.#resultOf(result)),
      (error: unknown) => void this.#answer(resolve, () => this.#failWith(error)),
    );
    return promise;
  }

  /** A source of the app may answer at once, or throw instead of rejecting. */
  #ask(sent: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    try {
      return Promise.resolve(this.#opened().next(...sent));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #answer(answer: Answer, resultOf: () => IteratorResult<unknown, unknown>): Promise<void> {
    if (this.#clearance() !== null) await this.#cleared();
    if (!hasValue(this.#waiting, answer)) return; // the end has answered it
    this.#waiting = withoutValue(this.#waiting, answer);
    this.#settle(answer, this.#isDone ? () => this.#lastEvent() : resultOf);
  }

  #settle(answer: Answer, resultOf: () => IteratorResult<unknown, unknown>): void {
    try {
      answer(resultOf());
    } catch (error) {
      answer(Promise.reject(error));
    }
  }

  #resultOf({ done = false, value }: IteratorResult<unknown, unknown>): IteratorResult<unknown, unknown> {
    if (done) this.#leave();
    return { done, value: this.#wrap(value) };
  }

  #failWith(error: unknown): never {
    this.#leave();
    throw error;
  }

  async #cleared(): Promise<void> {
    for (let wait = this.#clearance(); wait !== null; wait = this.#clearance()) await wait;
  }

  #clearance(): Promise<void> | null {
    return this.#stream === null || this.#isDone ? null : this.#stream.clearance();
  }

  #lastEvent(): IteratorResult<unknown, unknown> {
    const reason = this.#reason;
    this.#reason = null;
    if (reason !== null) throw reason;
    return { done: true, value: undefined };
  }

  #opened(): AsyncIterator<unknown> {
    this.#iterator ??= this.#source[Symbol.asyncIterator]();
    return this.#iterator;
  }

  /** Returns whether it was done before. */
  #leave(): boolean {
    const wasDone = this.#isDone;
    this.#isDone = true;
    this.#reason = null;
    this.#stream?.close();
    return wasDone;
  }

  /** What a source throws while it cleans up reaches nobody: its consumer already has the last event. */
  async #returnSource(): Promise<void> {
    try {
      await this.#opened().return?.();
    } catch {}
  }
}
