import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { createMac } from './mac.ts';

/**
 * Turns selectors into tokens and back. A token is `prefix`, 16 random bytes (the selector), and a MAC of the selector,
 * all in hex. The database holds selectors only, so it opens nothing; a forged token is found out without any I/O.
 * Idea: selector and validator (Paragon Initiative, 2015), with the stored hash replaced by a MAC.
 */
export interface TokenCodec {
  newSelector(): string;
  tokenOf(selector: string): string;
  /** The selector of a token that one of the secrets signed, else `null`. Constant time in the MAC. */
  selectorOf(token: string): string | null;
}

export interface TokenFormat {
  /** The first signs, every one verifies. */
  readonly secrets: readonly string[];
  /** Characters of a token without its prefix; even, 64 to 128. */
  readonly tokenLength: number;
  readonly tokenPrefix: string;
  readonly randomBytes: (size: number) => Buffer;
}

const selectorBytes = 16;
const selectorLength = selectorBytes * 2;
const keyBytes = 64;

export function createTokenCodec(format: TokenFormat): TokenCodec {
  const { tokenLength, tokenPrefix } = format;
  const macLength = tokenLength - selectorLength;
  const macs = format.secrets.map((secret) => createMac(deriveMacKey(secret), selectorLength, macLength));
  const signingMac = macs[0];
  if (signingMac === undefined) throw new TypeError('secrets must not be empty');
  const shape = new RegExp(`^[0-9a-f]{${tokenLength}}$`);

  return {
    newSelector: () => format.randomBytes(selectorBytes).toString('hex'),

    tokenOf: (selector) => tokenPrefix + selector + signingMac(selector),

    selectorOf(token) {
      if (!token.startsWith(tokenPrefix)) return null;
      const body = token.slice(tokenPrefix.length);
      if (body.length !== tokenLength || !shape.test(body)) return null;
      const selector = body.slice(0, selectorLength);
      const mac = Buffer.from(body.slice(selectorLength), 'latin1');
      return macs.some((macOf) => timingSafeEqual(Buffer.from(macOf(selector), 'latin1'), mac)) ? selector : null;
    },
  };
}

/** HKDF (RFC 5869), so that the app's secret itself signs nothing. */
function deriveMacKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha512', secret, '', 'trpc-durin token mac v1', keyBytes));
}
