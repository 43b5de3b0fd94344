// The platform's own, even while an app's tests fake the time.
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers';

export interface TimeoutOptions {
  /** Milliseconds to wait. */
  readonly timeoutMs: number;
  /** The service that is waited for, such as `'Redis'`. Named in the error's message. */
  readonly service: string;
  /** Turns the timeout into the error that is thrown. Default: the timeout itself. */
  readonly toError?: (timeout: Error) => Error;
}

/** The wait is divided into so many timers, one after the other. */
const slices = 4;

/**
 * Waits for work, but no longer than the timeout: a frozen server never answers. The work is not cancelled; a result that
 * arrives later is ignored.
 *
 * A process that was stopped, or whose event loop was busy, finds its timers due before it has read the answer, or has even
 * sent the question. So a stall costs the work one slice of its time at most, and what has arrived by the end is read first.
 * @throws Error `'<service> did not answer within <timeoutMs> ms'`, unless `toError` replaces it
 */
export function withTimeout<T>(work: () => T | PromiseLike<T>, options: TimeoutOptions): Promise<T> {
  const { timeoutMs, service, toError = (timeout: Error): Error => timeout } = options;
  return new Promise<T>((resolve, reject) => {
    let left = slices;
    let timer = setTimeout(pass, timeoutMs / slices);
    let turn: NodeJS.Immediate | undefined;

    function pass(): void {
      left -= 1;
      if (left > 0) timer = setTimeout(pass, timeoutMs / slices);
      else turn = setImmediate(giveUp); // after what has arrived
    }

    function giveUp(): void {
      reject(toError(new Error(`${service} did not answer within ${timeoutMs} ms`)));
    }

    function stop(): void {
      clearTimeout(timer);
      clearImmediate(turn);
    }

    const answer = new Promise<T>((done) => done(work()));
    answer.then(resolve, reject).finally(stop);
  });
}
