/**
 * Creates a function that runs one task at a time, in the order of the calls.
 * @param onError receives what a task throws. Must not throw.
 * @param start the first task waits for it
 * @returns a function whose promise resolves when the task is done. Never rejects.
 */
export function createQueue(onError: (error: unknown) => void, start?: Promise<void>) {
  let queue = Promise.resolve(start);

  return function enqueue(task: () => Promise<void> | void): Promise<void> {
    queue = queue.then(task).catch(onError);
    return queue;
  };
}
