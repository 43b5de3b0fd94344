import { createClient } from 'redis';
import { DurinUsageError } from '../errors.ts';

/** After this long without a sign of life, in milliseconds, Redis counts as gone. */
export const silenceMs = 1000;

/**
 * A client that reconnects for as long as it takes, queues nothing while it is disconnected, and keeps no process alive.
 * Its users send something at least every `silenceMs`, so a connection on which nothing arrives for twice that long is
 * dead. TCP may take many minutes to notice.
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
