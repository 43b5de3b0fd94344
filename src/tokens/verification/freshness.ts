import { DurinError } from '../../errors.ts';
import type { SessionRecord } from '../../session.ts';
import type { Authenticate, FindSession } from '../authenticate.ts';
import type { TokenCodec } from '../token-codec.ts';

/** A proof may come from a process whose clock is ahead. One from further in the future shows that the clock was set back. */
const toleratedSkewMs = 60_000;

/**
 * Whether the user of a session confirmed their identity at most `maxAgeSeconds` ago. A token that the server issued is not fresh
 * until its user reauthenticates.
 */
export function isFresh(
  { authenticatedAt }: Pick<SessionRecord, 'authenticatedAt'>,
  maxAgeSeconds: number,
  now: number,
): boolean {
  if (authenticatedAt === null) return false;
  const age = now - authenticatedAt.getTime();
  return age <= maxAgeSeconds * 1000 && age > -toleratedSkewMs;
}

/**
 * Lets a session through whose user confirmed their identity at most `maxAgeSeconds` ago, and returns it.
 * @throws DurinError REAUTHENTICATION_REQUIRED, and what `authenticate` throws if the session has ended
 */
export type RequireFresh = (session: SessionRecord, maxAgeSeconds: number) => Promise<SessionRecord>;

export interface RequireFreshDeps {
  readonly codec: Pick<TokenCodec, 'tokenOf'>;
  readonly authenticate: Authenticate;
  /** Reads the database. */
  readonly findStored: FindSession;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * A session that is not fresh is looked up again, in the database. A cache may hold it as it was before a login or a
 * reauthentication: one in memory without a bus until its `ttl`, one with a bus until the message arrives. Nobody is asked
 * for a password twice because of that.
 */
export function createRequireFresh({ codec, authenticate, findStored, now }: RequireFreshDeps): RequireFresh {
  return async function requireFresh(session, maxAgeSeconds) {
    if (isFresh(session, maxAgeSeconds, now())) return session;
    const stored = await authenticate({ kind: 'token', token: codec.tokenOf(session.selector) }, findStored);
    if (isFresh(stored, maxAgeSeconds, now())) return stored;
    throw new DurinError('REAUTHENTICATION_REQUIRED', { maxAge: maxAgeSeconds });
  };
}
