import type { Session, SignedOutReason } from './session.ts';

/**
 * Serializes a session for the storage. JSON has no dates and no bigints, so they become strings with the prefixes `\0d`
 * and `\0b`.
 */
export function writeSession(session: Session): string {
  return JSON.stringify(session, function tag(this: Record<string, unknown>, key: string, value: unknown) {
    if (this[key] instanceof Date) return `\0d${value as string}`; // the value is what the date's toJSON returned
    return typeof value === 'bigint' ? `\0b${value}` : value;
  });
}

/** Whether a header may contain it. Otherwise every call would throw. */
export function isToken(token: string | undefined): boolean {
  return /^[!-~]+$/.test(token ?? '');
}

/** Parses a stored text. Returns `null` if it does not hold a session. */
export function readSession(text: string | null): Session | null {
  try {
    const session = JSON.parse(text ?? '', untag) as Session;
    return isToken(session.token) ? session : null;
  } catch {
    return null;
  }
}

/** Returns the text of a session that has ended, if it is one: why. A logout leaves no text. */
export function readReason(text: string | null | undefined): SignedOutReason | undefined {
  return text === 'revoked' || text === 'expired' ? text : undefined;
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value[0] !== '\0') return value;
  return value[1] === 'd' ? new Date(value.slice(2)) : BigInt(value.slice(2));
}
