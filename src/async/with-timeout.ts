import { clearTimeout, setTimeout } from 'node:timers'; // the platform's own, also while an app's tests fake the time

/**
 * Waits for work no longer than this, since a frozen server answers neither yes nor no. What comes later is ignored.
 * @param who is said not to have answered, in the error's message
 * @param toError what is thrown then. Default: that error
 */
export function withTimeout<T>(
  deadlineMs: number,
  who: string,
  work: () => T | PromiseLike<T>,
  toError = (late: Error): Error => late,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(toError(new Error(`${who} did not answer within ${deadlineMs} ms`)));
    const timer = setTimeout(giveUp, deadlineMs);
    const answer = new Promise<T>((done) => done(work()));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
