import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;

/** The start of a value. None here is longer than 255. */
const head = (major: number, length: number) =>
  Buffer.from(length < 24 ? [major * 32 + length] : [major * 32 + 24, length]);

/** Encodes the few types of CBOR (RFC 8949) that WebAuthn needs. */
function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, item]) => [encode(key), encode(item)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

interface Options {
  readonly publicKey: { readonly challenge: ArrayBuffer };
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
/** A copy with a memory of its own, as a browser returns it. */
const bufferOf = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;

/** A browser's `navigator.credentials` for one page, with one passkey of ES256 in software. */
export function createAuthenticator(page: { origin: string; rpID: string }) {
  const id = randomBytes(16);
  let privateKey: KeyObject | null = null;
  let counter = 0;

  function clientData(type: string, { publicKey: { challenge } }: Options): Buffer {
    const text = Buffer.from(challenge).toString('base64url');
    return Buffer.from(JSON.stringify({ type, challenge: text, origin: page.origin, crossOrigin: false }));
  }

  /** Flags: 1 user present, 4 user verified, 64 with the credential. */
  function authenticatorData(flags: number, credential = Buffer.alloc(0)): Buffer {
    counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(page.rpID), Buffer.from([flags]), count, credential]);
  }

  const result = (response: object) => ({
    id: id.toString('base64url'),
    rawId: bufferOf(id),
    type: 'public-key',
    authenticatorAttachment: 'platform',
    getClientExtensionResults: () => ({}),
    response,
  });

  return {
    async create(options: Options) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      ({ privateKey } = pair);
      const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
      const key = new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]);
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, encode(key)]);
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData(1 + 4 + 64, credential)],
      ]);
      return result({
        clientDataJSON: bufferOf(clientData('webauthn.create', options)),
        attestationObject: bufferOf(encode(attestation)),
        getTransports: () => ['internal'],
      });
    },

    async get(options: Options) {
      if (privateKey === null) throw new Error('there is no passkey');
      const [data, client] = [authenticatorData(1 + 4), clientData('webauthn.get', options)];
      const signature = createSign('sha256')
        .update(Buffer.concat([data, sha256(client)]))
        .sign(privateKey);
      return result({
        clientDataJSON: bufferOf(client),
        authenticatorData: bufferOf(data),
        signature: bufferOf(signature),
        userHandle: null,
      });
    },

    /** Sets the counter, which goes back in a copied authenticator, and may be as large as 32 bits allow. */
    count(value: number) {
      counter = value;
    },
  };
}
