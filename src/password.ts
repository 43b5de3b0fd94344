import { hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with 19 MiB, 2 passes and 1 lane (OWASP Password Storage Cheat Sheet). Some 12 ms of one core, on a thread of
 * its own; the algorithm is the library's default.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash that no password has, at the same cost. */
const decoy = '$argon2id$v=19$m=19456,t=2,p=1$dHJwYy1kdXJpbiBkZWNveQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** Hashes a password as it was received, neither trimmed nor cut, as a PHC string with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/**
 * Whether the password has this hash. Without a hash (`undefined`, `null`, or one that is no PHC string of argon2, such
 * as `''` for "no password") it costs as much as a real check and answers false: an unknown user takes as long as a
 * wrong password.
 */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  if (!passwordHash?.startsWith('$argon2')) return refuse(password);
  try {
    return await verify(passwordHash, password);
  } catch {
    return refuse(password);
  }
}

async function refuse(password: string): Promise<false> {
  await verify(decoy, password);
  return false;
}
