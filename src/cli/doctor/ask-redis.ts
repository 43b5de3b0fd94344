import { createClient } from 'redis';
import { withTimeout } from '../../async/with-timeout.ts';

/** Sends a command to a Redis. */
export type AskRedis = (...command: string[]) => Promise<unknown>;

/**
 * Opens a connection to a Redis for some work, and closes it.
 * @throws an error of the connection, of the work, or of a timeout
 */
export async function askRedis<T>(url: string, timeoutMs: number, work: (ask: AskRedis) => Promise<T>): Promise<T> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {}); // connect() rejects with it
  async function connectAndWork(): Promise<T> {
    await client.connect();
    return work((...command) => client.sendCommand(command));
  }
  try {
    return await withTimeout(connectAndWork, { timeoutMs, service: 'Redis' });
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** What is asked for, or `null`: the user may not ask, or the server is too old. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}

/** Reads what INFO answers. */
export function parseInfo(info: unknown): Map<string, string> {
  const lines = String(info)
    .split(/\r?\n/)
    .filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
