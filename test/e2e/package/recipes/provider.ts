import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Elsewhere } from './open-recipe.ts';

interface Grant {
  readonly challenge: string;
  readonly nonce: string;
  readonly subject: string;
}

const issuer = 'https://id.example.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(claims: object): string {
  const content = `${base64url({ alg: 'RS256', kid: 'key' })}.${base64url(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
}

/** A small OpenID provider, with codes that work once and need their PKCE verifier. */
export function createProvider() {
  const grants = new Map<string, Grant>();

  /** What the provider's page does when a user consents: returns the address of the redirect. */
  function consent(authorizationUrl: string, subject: string, claims: Partial<Grant> = {}): string {
    const { searchParams } = new URL(authorizationUrl);
    const read = (name: string) => searchParams.get(name) ?? '';
    if (read('code_challenge_method') !== 'S256') throw new Error('the provider requires PKCE');
    const code = randomUUID();
    grants.set(code, { challenge: read('code_challenge'), nonce: read('nonce'), subject, ...claims });
    const parameters = new URLSearchParams({ code, state: read('state'), iss: issuer });
    return `${read('redirect_uri')}?${parameters.toString()}`;
  }

  const answer: Elsewhere = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/.well-known/'))
      return Response.json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        authorization_response_iss_parameter_supported: true,
      });
    if (pathname === '/keys') return Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key' }] });

    const form = new URLSearchParams(await request.text());
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== verifier) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const iat = Math.floor(Date.now() / 1000);
    const { nonce, subject: sub } = grant;
    const idToken = signed({ iss: issuer, aud: 'my-app', sub, nonce, iat, exp: iat + 60 });
    return Response.json({ access_token: 'unused', token_type: 'Bearer', id_token: idToken });
  };

  return { answer, consent };
}
