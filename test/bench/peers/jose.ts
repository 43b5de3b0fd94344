import { jwtVerify, SignJWT } from 'jose';
import type { VerifyJwt } from '../rows/cached-look-up.ts';

/** Verifies tokens as a server would that keeps no sessions: signature, issuer, audience and expiry. */
export async function createVerifyJwt(count: number): Promise<VerifyJwt> {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const expected = { issuer: 'bench', audience: 'bench', algorithms: ['HS256'] };
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      new SignJWT({ name: `user ${index}`, role: 'member', client: 'web' })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(String(index))
        .setIssuer(expected.issuer)
        .setAudience(expected.audience)
        .setIssuedAt()
        .setExpirationTime('1d')
        .sign(key),
    ),
  );
  return (index) => jwtVerify(tokens[index % count] ?? '', key, expected);
}
