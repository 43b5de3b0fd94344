import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

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

/** The MACs of the tokens that this process has verified. They stay in it, and it holds the keys anyway. */
export interface VerifiedMacs {
  /** Whether this MAC was verified for this selector. Compares in constant time. */
  has(selector: string, presented: string): boolean;
  remember(selector: string, mac: string): void;
}

/** The number of tokens in one generation, about 1 MB. */
const generationSize = 5000;

/**
 * Remembers 5,000 to 10,000 tokens in two generations: when the recent one is full, the older one is forgotten. A MAC that is
 * forgotten is computed again. Every request reads this, and a least-recently-used cache would take longer than the comparison
 * itself. A Buffer for each MAC would take 2 MB more, hence two that are used again.
 * @param macLength the characters of a MAC, which are ASCII
 */
export function createVerifiedMacs(macLength: number): VerifiedMacs {
  let recent = new Map<string, string>();
  let older = new Map<string, string>();
  const [known, given] = [Buffer.alloc(macLength), Buffer.alloc(macLength)];

  return {
    has(selector, presented) {
      const mac = recent.get(selector) ?? older.get(selector);
      if (mac === undefined || presented.length !== macLength || given.write(presented) !== macLength) return false;
      known.write(mac);
      return timingSafeEqual(known, given);
    },
    remember(selector, mac) {
      if (recent.size >= generationSize) {
        older = recent;
        recent = new Map();
      }
      recent.set(selector, mac);
    },
  };
}
