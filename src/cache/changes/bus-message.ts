import { isScope, type Scope } from '../session-cache.ts';

/** A change, as a message carries it. */
export interface BusMessage {
  readonly scope: Scope;
  /** The value that the change wrote to its scope's fence; `null`: none that is known. */
  readonly fence: string | null;
}

/** @param namespace the same in all processes of an app, and different in every other app */
export function writeMessage(namespace: string, { scope, fence }: BusMessage): string {
  return `${namespace}|${fence ?? ''}|${scope}`;
}

/** Returns `null` for the messages of other apps that use the same channel. */
export function readMessage(namespace: string, message: string): BusMessage | null {
  const start = `${namespace}|`;
  if (!message.startsWith(start)) return null;
  const [fence = '', ...rest] = message.slice(start.length).split('|');
  const scope = rest.join('|');
  return isScope(scope) ? { scope, fence: fence === '' ? null : fence } : null;
}
