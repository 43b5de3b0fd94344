import { createHmac, createSecretKey } from 'node:crypto';

/** SHA-256 has 64 hex digits. A longer MAC is cut from SHA-512. */
const sha256Length = 64;

/**
 * Creates an HMAC (RFC 2104) whose value is in lower-case hex, cut to `length` characters.
 * @param key at most 64 bytes, so that neither hash shortens it
 * @param length 1 to 128
 */
export function createMac(key: Uint8Array, length: number): (data: string | Uint8Array) => string {
  const algorithm = length <= sha256Length ? 'sha256' : 'sha512';
  const secretKey = createSecretKey(key);
  return (data) => createHmac(algorithm, secretKey).update(data).digest('hex').slice(0, length);
}
