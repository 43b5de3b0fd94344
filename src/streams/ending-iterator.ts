import type { OpenStream } from './open-streams.ts';

/** Opens the stream of what is about to be delivered. */
export type OpenEnding = (onEnd: (reason: Error) => void) => OpenStream;

/**
 * Passes on what an async iterable yields until its session ends. Then the consumer gets the reason as the last event, at
 * once: also if the source never yields again, and if nobody waits for it. The source's `return()` is called, and not
 * awaited, because a generator that waits does not return before it has what it waits for.
 *
 * It opens its stream when the first value is requested, so one that nobody reads leaves nothing behind.
 */
export class EndingIterator implements AsyncGenerator<unknown, unknown, unknown> {
  readonly #source: AsyncIterable<unknown>;
  readonly #open: OpenEnding;
  readonly #wrap: (value: unknown) => unknown;
  #iterator: AsyncIterator<unknown> | null = null;
  #stream: OpenStream | null = null;
  #isDone = false;
  /** Why the session ended, until the consumer knows. */
  #reason: Error | null = null;
  /** End the waits for the source's values. */
  #interrupts: (() => void)[] = [];

  /** @param wrap wraps what a value of the source contains */
  constructor(source: AsyncIterable<unknown>, open: OpenEnding, wrap: (value: unknown) => unknown) {
    this.#source = source;
    this.#open = open;
    this.#wrap = wrap;
  }

  async next(...sent: [] | [unknown]): Promise<IteratorResult<unknown, unknown>> {
    if (!this.#isDone && this.#stream === null) this.#stream = this.#open((reason) => this.#end(reason));
    await this.#cleared();
    if (this.#isDone) return this.#lastEvent();
    this.#iterator ??= this.#source[Symbol.asyncIterator]();
    const settled = await this.#interruptible(this.#iterator.next(...sent));
    await this.#cleared();
    if (this.#isDone || settled === null) return this.#lastEvent();
    if (settled.status === 'rejected') {
      this.#leave();
      throw settled.reason;
    }
    const { done, value } = settled.value;
    if (done) this.#leave();
    return { done: done ?? false, value: this.#wrap(value) };
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    const wasDone = this.#leave();
    const iterator = this.#iterator ?? this.#source[Symbol.asyncIterator]();
    if (wasDone || iterator.return === undefined) return { done: true, value };
    return iterator.return(value);
  }

  async throw(error: unknown): Promise<IteratorResult<unknown, unknown>> {
    const wasDone = this.#leave();
    const iterator = this.#iterator ?? this.#source[Symbol.asyncIterator]();
    if (wasDone || iterator.throw === undefined) throw error;
    return iterator.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #cleared(): Promise<void> {
    for (let wait = this.#clearance(); wait !== null; wait = this.#clearance()) await wait;
  }

  #clearance(): Promise<void> | null {
    return this.#stream === null || this.#isDone ? null : this.#stream.clearance();
  }

  /** Waits for the source. Returns `null` if the session ends first. Nothing of a wait outlasts it. */
  async #interruptible<T>(promise: Promise<T>): Promise<PromiseSettledResult<T> | null> {
    const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<null>();
    const interruptOnce = () => interrupt(null);
    this.#interrupts.push(interruptOnce);
    try {
      const settled = promise.then(
        (value): PromiseSettledResult<T> => ({ status: 'fulfilled', value }),
        (reason: unknown): PromiseSettledResult<T> => ({ status: 'rejected', reason }),
      );
      return await Promise.race([settled, interrupted]);
    } finally {
      this.#interrupts = this.#interrupts.filter((other) => other !== interruptOnce);
    }
  }

  #lastEvent(): IteratorResult<unknown, unknown> {
    const reason = this.#reason;
    this.#reason = null;
    if (reason !== null) throw reason;
    return { done: true, value: undefined };
  }

  /** Returns whether it was done before. */
  #leave(): boolean {
    const wasDone = this.#isDone;
    this.#isDone = true;
    this.#reason = null;
    this.#stream?.close();
    return wasDone;
  }

  #end(reason: Error): void {
    this.#isDone = true;
    this.#reason = reason;
    for (const interrupt of this.#interrupts) interrupt();
    void this.#returnSource();
  }

  /** What a source throws while it cleans up reaches nobody: its consumer already has the last event. */
  async #returnSource(): Promise<void> {
    try {
      await (this.#iterator ?? this.#source[Symbol.asyncIterator]()).return?.();
    } catch {}
  }
}
