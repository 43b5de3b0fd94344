import { randomBytes } from 'node:crypto';
import type { TokenOrigin } from '../token-store.ts';

/*
 * A token's id contains its origin, because there is no column for it. The id of a login's token is a random UUID of
 * version 4. The others use version 8, which RFC 9562 leaves to the application: the digit after the version distinguishes
 * them, and the rest is random. Every key has a mark of its own. Without it, a key would become a session when its client
 * is renamed, because the rules of keys are found by the client's name.
 */

type TokenMark = TokenOrigin | 'key';

const digitsOf: Record<TokenMark, string> = { login: '4', issued: '80', 'issued-until': '81', key: '82' };

export function newTokenId(origin: TokenMark): string {
  const random = randomBytes(16).toString('hex');
  const marks = digitsOf[origin];
  const variant = '89ab'.charAt(Number.parseInt(random.charAt(16), 16) % 4); // of RFC 9562
  const hex = random.slice(0, 12) + marks + random.slice(12 + marks.length, 16) + variant + random.slice(17);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Whether the token with this id was issued as a key. False for those that were, before their client had `keys`. */
export function isMarkedKey(id: string): boolean {
  return id.startsWith(digitsOf.key, 14);
}

/** SQL: whether the server issued the token with this id, so that it is not the one of a login. A key is none either. */
export function isIssued(id: string): string {
  return `substr(${id}::text, 15, 1) = '8'`;
}

/** SQL: whether the token with this id was issued with a lifetime of its own, or is a key, which is rolled and not renewed. */
export function hasOwnLifetime(id: string): string {
  return `substr(${id}::text, 15, 2) in ('81', '82')`;
}
