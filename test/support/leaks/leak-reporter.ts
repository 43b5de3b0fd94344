import { generateKeyPairSync, sign } from 'node:crypto';

/** A request that reports leaked tokens. */
export interface SignedReport {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Signs reports as GitHub does, with a key of its own. */
export function createReporter(keyId = 'f9525bf080f75b35') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

  /** A report with this body, signed over another one if it is given. */
  function reportOfBody(body: string, signedBody = body): SignedReport {
    return {
      method: 'POST',
      body,
      headers: {
        'Content-Type': 'application/json',
        'Github-Public-Key-Identifier': keyId,
        'Github-Public-Key-Signature': sign('sha256', Buffer.from(signedBody), privateKey).toString('base64'),
      },
    };
  }

  return {
    pem,
    publicKey,
    privateKey,
    /** The option `publicKey`. */
    findKey: (wanted: string) => (wanted === keyId ? pem : null),
    reportOfBody,
    reportOf: (...tokens: readonly string[]) => reportOfBody(JSON.stringify(tokens.map(toFinding))),
  };
}

/** What GitHub sends about a token. */
export function toFinding(token: string) {
  return { token, type: 'acme_token', url: 'https://github.com/acme/app/blob/main/.env', source: 'commit' };
}

/** A report as a fetch server receives it. */
export function toRequest(report: SignedReport): Request {
  return new Request('https://app.example.com/leaks', { ...report });
}
