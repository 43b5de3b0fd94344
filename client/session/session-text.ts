import type { Session } from './session.ts';

/** The text that a storage keeps. JSON has neither dates nor bigints: they are texts that start as no user's do. */
export function writeSession(session: Session): string {
  return JSON.stringify(session, function tag(this: Record<string, unknown>, key: string, value: unknown) {
    if (this[key] instanceof Date) return `\0d${value as string}`; // what its toJSON gave
    return typeof value === 'bigint' ? `\0b${value}` : value;
  });
}

/** The session that a text holds; `null` where it is not one of ours. */
export function readSession(text: string | null): Session | null {
  try {
    const session = JSON.parse(text ?? '', untag) as Session;
    // A token that cannot be in a header would make every call throw.
    return /^[!-~]+$/.test(session.token ?? '') ? session : null;
  } catch {
    return null;
  }
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || value[0] !== '\0') return value;
  return value[1] === 'd' ? new Date(value.slice(2)) : BigInt(value.slice(2));
}
