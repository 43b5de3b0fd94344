/**
 * Waits for work no longer than this, since a frozen server answers neither yes nor no. What comes later is ignored.
 * @param who is said not to have answered, in the error's message
 */
export async function within<T>(deadlineMs: number, who: string, work: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${who} did not answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
