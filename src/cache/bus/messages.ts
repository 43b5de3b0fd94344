import { isScope, type Scope } from '../session-cache.ts';

/** Which entries a message makes stale. */
export interface Announcement {
  readonly scopes: readonly Scope[];
  /** The value that the change wrote to its scope's fence in a shared store; `null`: none that is known. */
  readonly fence: string | null;
  /** Whether nothing has changed: a process uses a shared store again, and has made everything in it stale. */
  readonly isRecovery: boolean;
}

/** What the database itself announces, over a bus that listens to it. */
export interface DatabaseChanges {
  /** Reads a message that a trigger sent; `null`: it is none, or about other tables. */
  read(message: string): readonly Scope[] | null;
  /** Whether triggers announce each change of durin's tables and the user's that has this scope. */
  announce(scope: Scope): boolean;
}

export const noDatabaseChanges: DatabaseChanges = { read: () => null, announce: () => false };

/** Longer messages become one about everything. It leaves room in the 8,000 bytes that NOTIFY takes. */
const maxBytes = 7000;

/** Starts the fence of a recovery. Processes of an earlier version read it as a change. */
const recoveryMark = 'recovered:';

/** Marks the new fence of `all` that a process wrote once it could use a shared store again. */
export function recoveryFence(fence: string): string {
  return `${recoveryMark}${fence}`;
}

/** The fence of two messages that become one. The mark stays if neither was a change. */
export function mergedFence(fence: string | null, other: string | null): string | null {
  return fence !== null && isRecovery(fence) && !(other !== null && isRecovery(other)) ? withoutMark(fence) : fence;
}

function isRecovery(fence: string): boolean {
  return fence.startsWith(recoveryMark);
}

function withoutMark(fence: string): string {
  return isRecovery(fence) ? fence.slice(recoveryMark.length) : fence;
}

/** @param namespace starts the messages; the same in all processes of an app, and different in every other app */
export function writeMessage(namespace: string, scope: Scope, fence: string | null): string {
  const message = `${namespace}|${fence ?? ''}|${scope}`;
  return Buffer.byteLength(message) <= maxBytes ? message : `${namespace}||all`;
}

/** Returns `null` for the messages of other apps that use the same channel. */
export function readMessage(
  namespace: string,
  message: string,
  databaseChanges: Pick<DatabaseChanges, 'read'>,
): Announcement | null {
  const start = `${namespace}|`;
  if (!message.startsWith(start)) {
    const scopes = databaseChanges.read(message);
    return scopes && { scopes, fence: null, isRecovery: false };
  }
  const [fence = '', ...rest] = message.slice(start.length).split('|');
  const scope = rest.join('|');
  if (!isScope(scope)) return null;
  return { scopes: [scope], fence: withoutMark(fence) || null, isRecovery: isRecovery(fence) };
}
