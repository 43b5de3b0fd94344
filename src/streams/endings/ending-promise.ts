import type { OpenEnding } from './ending-iterator.ts';

/**
 * Resolves as the source does, unless its session ends first. Then it rejects with the reason. It may be left alone: a
 * rejection that nobody handles ends no process.
 */
export function endingPromise(source: PromiseLike<unknown>, open: OpenEnding): Promise<unknown> {
  const ending = new Promise((resolve, reject) => {
    const stream = open({ onEnd: (reason) => reason && reject(reason) });

    async function settle(pass: () => void): Promise<void> {
      for (let wait = stream.clearance(); wait !== null; wait = stream.clearance()) await wait;
      pass(); // after the end it has no effect
      stream.close();
    }

    source.then(
      (value) => void settle(() => resolve(value)),
      (error: unknown) => void settle(() => reject(error)),
    );
  });
  ending.catch(() => {});
  return ending;
}
