import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * Authenticates the entries of a shared store. The MAC covers the key as well, so that an entry which is copied to another
 * key, or was written without knowledge of `secret`, counts as none.
 */
export interface EntryMac {
  /** Puts the MAC in front of the text. */
  seal(key: string, text: string): string;
  /** Returns the text; `null` if none of the secrets sealed it for this key. Compares the MAC in constant time. */
  unseal(key: string, sealed: string): string | null;
}

const keyBytes = 64;
/** SHA-256 in base64url. */
const macLength = 43;

/** @param secrets the first one seals, and each of them unseals */
export function createEntryMac(secrets: readonly string[]): EntryMac {
  const [seal, ...older] = secrets.map(createMacOf);
  if (seal === undefined) throw new TypeError('secrets must not be empty');
  const macs = [seal, ...older];

  return {
    seal: (key, text) => seal(key, text) + text,
    unseal(key, sealed) {
      const mac = Buffer.from(sealed.slice(0, macLength), 'latin1');
      const text = sealed.slice(macLength);
      if (mac.length !== macLength) return null;
      return macs.some((macOf) => timingSafeEqual(Buffer.from(macOf(key, text), 'latin1'), mac)) ? text : null;
    },
  };
}

/** The key is derived with HKDF (RFC 5869), apart from the one of the tokens' MACs. */
function createMacOf(secret: string): (key: string, text: string) => string {
  const macKey = createSecretKey(new Uint8Array(hkdfSync('sha512', secret, '', 'trpc-durin cache entry v1', keyBytes)));
  return (key, text) => createHmac('sha256', macKey).update(`${key.length}:${key}`).update(text).digest('base64url');
}
