import { createClient } from 'redis';
import { DurinUsageError } from '../errors.ts';

/** Without a sign of life for this long, Redis counts as gone. */
export const silenceMs = 1000;

/**
 * A client that connects for as long as it takes, queues nothing meanwhile, and keeps no process alive. Whoever uses it
 * lets something come and go all the time, so a connection on which nothing does is dead, though TCP may notice only
 * after many minutes.
 */
export function createQuietClient(url: string) {
  const client = createClient({
    url,
    socket: {
      connectTimeout: 1000,
      socketTimeout: 2 * silenceMs,
      reconnectStrategy: (retries: number) => Math.min(25 * 2 ** retries, 250),
    },
    disableOfflineQueue: true,
  });
  client.unref();
  return client;
}

/**
 * @param subject the function whose options these are
 * @throws DurinUsageError naming the option that is unknown or wrong
 */
export function refuseUnknown(subject: string, url: unknown, others: object): void {
  const [key] = Object.keys(others);
  if (key !== undefined) throw new DurinUsageError(`${subject}: unknown option '${key}'`);
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url))
    throw new DurinUsageError(`${subject}: url must be a URL such as 'redis://localhost:6379'`);
}
