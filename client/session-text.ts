import type { Session } from './session.ts';

/** JSON has neither dates nor bigints, which users and expiries may have: texts that no database column holds. */
const date = '\0date';
const bigint = '\0bigint';

/** The text that a storage keeps. */
export function writeSession(session: Session): string {
  return JSON.stringify(session, function tag(this: Record<string, unknown>, key: string, value: unknown) {
    if (this[key] instanceof Date) return date + value; // which is what toJSON made of it
    return typeof value === 'bigint' ? bigint + value : value;
  });
}

/** The session that a text holds; `null` where it is not one of ours. */
export function readSession(text: string): Session | null {
  try {
    const session = JSON.parse(text, untag) as Session;
    // A token that cannot be in a header would make every call throw.
    return /^[!-~]+$/.test(session.token ?? '') ? session : null;
  } catch {
    return null;
  }
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value.startsWith(date)) return new Date(value.slice(date.length));
  return value.startsWith(bigint) ? BigInt(value.slice(bigint.length)) : value;
}
