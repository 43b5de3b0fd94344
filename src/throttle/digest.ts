import { createHash } from 'node:crypto';

/** Maps every text to one of fixed length, so that no key is long and keys do not reveal the texts. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
