import { createHash } from 'node:crypto';

/** Gives every text the same length, so that no key is long, and hides it from who reads the keys. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
