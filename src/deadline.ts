/**
 * Waits for work no longer than this, since a frozen server answers neither yes nor no. What comes later is ignored.
 * @param who is said not to have answered, in the error's message
 */
export function within<T>(deadlineMs: number, who: string, work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${who} did not answer within ${deadlineMs} ms`)), deadlineMs);
    const answer = new Promise<T>((done) => done(work()));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
