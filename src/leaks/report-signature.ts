import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { DurinUsageError } from '../errors.ts';

/** What the headers of a report claim. */
export interface ReportSignature {
  readonly keyId: string;
  /** In DER. */
  readonly signature: Uint8Array;
}

const keyIdHeader = 'github-public-key-identifier';
const signatureHeader = 'github-public-key-signature';
const keyIdForm = /^[\x21-\x7e]{1,256}$/;
/** Base64 of at most 72 bytes, the longest ECDSA signature of P-256 in DER. */
const signatureForm = /^[A-Za-z0-9+/]{8,96}={0,2}$/;

/** Reads the signature's headers. Returns `null` if one is missing or malformed. */
export function readSignature(header: (name: string) => string | null): ReportSignature | null {
  const keyId = header(keyIdHeader) ?? '';
  const text = header(signatureHeader) ?? '';
  if (!keyIdForm.test(keyId) || !signatureForm.test(text)) return null;
  const signature = Buffer.from(text, 'base64');
  const isCanonical = signature.toString('base64') === text; // otherwise several texts would be one signature
  return isCanonical ? { keyId, signature } : null;
}

/**
 * Whether the holder of the key signed the body: ECDSA with P-256 and SHA-256.
 * @param publicKey in PEM, or a KeyObject
 * @throws DurinUsageError if it is no such key
 */
export function isSigned(body: Uint8Array, { signature }: ReportSignature, publicKey: string | KeyObject): boolean {
  const key = toKeyObject(publicKey);
  return verify('sha256', body, { key, dsaEncoding: 'der' }, signature);
}

function toKeyObject(publicKey: string | KeyObject): KeyObject {
  const key = typeof publicKey === 'string' ? parsePem(publicKey) : publicKey;
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new DurinUsageError('durin.leaks: publicKey must return an EC key on P-256, as PEM or KeyObject, or null');
  return key;
}

function parsePem(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}
