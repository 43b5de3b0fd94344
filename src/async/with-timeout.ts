import { clearTimeout, setTimeout } from 'node:timers'; // the platform's own, even while an app's tests fake the time

export interface TimeoutOptions {
  /** Milliseconds to wait. */
  readonly timeoutMs: number;
  /** The service that is waited for, such as `'Redis'`. Named in the error's message. */
  readonly service: string;
  /** Turns the timeout into the error that is thrown. Default: the timeout itself. */
  readonly toError?: (timeout: Error) => Error;
}

/**
 * Waits for work, but no longer than the timeout: a frozen server never answers. The work is not cancelled; a result that
 * arrives later is ignored.
 * @throws Error `'<service> did not answer within <timeoutMs> ms'`, unless `toError` replaces it
 */
export function withTimeout<T>(work: () => T | PromiseLike<T>, options: TimeoutOptions): Promise<T> {
  const { timeoutMs, service, toError = (timeout: Error): Error => timeout } = options;
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(toError(new Error(`${service} did not answer within ${timeoutMs} ms`)));
    const timer = setTimeout(giveUp, timeoutMs);
    const answer = new Promise<T>((done) => done(work()));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
