import { createClient } from 'redis';
import { DurinUsageError } from '../errors.ts';

/** When a client gives a silent connection up, and whether it connects again. */
interface QuietSocket {
  readonly socketTimeout?: number;
  readonly reconnectStrategy: false | ((retries: number) => number);
}

/** A client that queues nothing while it is disconnected, and keeps no process alive. */
export function createQuietClient(url: string, socket: QuietSocket) {
  const client = createClient({ url, socket: { connectTimeout: 1000, ...socket }, disableOfflineQueue: true });
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
