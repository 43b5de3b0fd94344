import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { createMac, createVerifiedMacs } from './mac.ts';

/**
 * Turns selectors into tokens and back. A token is the prefix, 16 random bytes (the selector) and a MAC of the selector,
 * in hex. The database holds selectors only, so an attacker who steals it can use none of them, and a forged token is
 * refused without any I/O. The MAC also depends on the format: the prefix and the length. The idea is selector and validator (Paragon Initiative, 2015), with a MAC in place of the
 * stored hash.
 */
export interface TokenCodec {
  newSelector(): string;
  tokenOf(selector: string): string;
  /**
   * Shows a token without revealing it: its prefix, and its first and last four characters, such as `acme_3f9a…c21b`. They are
   * those of the token as the first secret signs it.
   */
  previewOf(selector: string): string;
  /** The selector of a token that one of the secrets signed, else `null`. Compares the MAC in constant time. */
  selectorOf(token: string): string | null;
  /** The same for a token that this process has verified before; `null` for others. It computes no MAC. */
  verifiedSelectorOf(token: string): string | null;
  /** The same token as the first secret signs it; `null` if it already does, or if none of the secrets signed it. */
  resign(token: string): string | null;
}

export interface TokenFormat {
  /** The first one signs, and each of them verifies. */
  readonly secrets: readonly string[];
  /** Characters of a token without its prefix: even, 64 to 128. */
  readonly tokenLength: number;
  readonly tokenPrefix: string;
  readonly randomBytes: (size: number) => Buffer;
}

const selectorBytes = 16;
const selectorLength = selectorBytes * 2;
const keyBytes = 64;

export function createTokenCodec({ secrets, tokenLength, tokenPrefix, randomBytes }: TokenFormat): TokenCodec {
  const macLength = tokenLength - selectorLength;
  const info = macInfoOf(tokenPrefix, tokenLength);
  const [sign, ...older] = secrets.map((secret) => createMac(deriveMacKey(secret, info), macLength));
  if (sign === undefined) throw new TypeError('secrets must not be empty');
  const macs = [sign, ...older];
  const shape = new RegExp(`^[0-9a-f]{${tokenLength}}$`);
  /** The MACs of selectors whose tokens were verified. Comparing one takes 0.2 µs, and computing it 1.5 µs. */
  const verified = createVerifiedMacs(macLength);

  function verify(selector: string, presented: string): boolean {
    const mac = macs.map((macOf) => macOf(selector)).find((candidate) => isSame(candidate, presented));
    if (mac !== undefined) verified.remember(selector, mac);
    return mac !== undefined;
  }

  const tokenOf = (selector: string) => tokenPrefix + selector + sign(selector);

  function verifiedSelectorOf(token: string): string | null {
    if (!token.startsWith(tokenPrefix)) return null;
    const macStart = tokenPrefix.length + selectorLength;
    const selector = token.slice(tokenPrefix.length, macStart);
    return verified.has(selector, token.slice(macStart)) ? selector : null;
  }

  function selectorOf(token: string): string | null {
    const verifiedBefore = verifiedSelectorOf(token);
    if (verifiedBefore !== null || !token.startsWith(tokenPrefix)) return verifiedBefore;
    const body = token.slice(tokenPrefix.length);
    const selector = body.slice(0, selectorLength);
    return shape.test(body) && verify(selector, body.slice(selectorLength)) ? selector : null;
  }

  return {
    newSelector: () => randomBytes(selectorBytes).toString('hex'),
    tokenOf,
    previewOf: (selector) => `${tokenPrefix}${selector.slice(0, 4)}…${tokenOf(selector).slice(-4)}`,
    selectorOf,
    verifiedSelectorOf,
    resign(token) {
      const selector = selectorOf(token);
      const resigned = selector === null ? null : tokenOf(selector);
      return resigned === token ? null : resigned;
    },
  };
}

/** Compares a MAC with what was presented as it. Takes as long for each text of its length. */
function isSame(mac: string, presented: string): boolean {
  const [ours, theirs] = [Buffer.from(mac), Buffer.from(presented)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

/**
 * Each format has a MAC key of its own. Otherwise the holder of a token could change its prefix, or cut it, and so
 * keep a session that a change of the format is meant to end. The default format keeps the key of version 0.1, and with it
 * the sessions.
 */
function macInfoOf(tokenPrefix: string, tokenLength: number): string {
  const isDefault = tokenPrefix === '' && tokenLength === 64;
  return isDefault ? 'trpc-durin token mac v1' : `trpc-durin token mac v2 ${tokenLength} ${tokenPrefix}`;
}

/** Derives the key with HKDF (RFC 5869), so that the app's secret itself never signs anything. */
function deriveMacKey(secret: string, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha512', secret, '', info, keyBytes));
}
