import { DurinError, isDurinError } from '../errors.ts';
import type { SessionRecord } from '../session.ts';
import type { ActiveUser } from '../tokens/active-user.ts';
import type { Authenticate, FindSession } from '../tokens/authenticate.ts';
import { judgeLifetime } from '../tokens/lifetime.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import { isExpired } from '../values/expiry.ts';

/** Whether a session that has open streams continues. */
export type Verdict =
  | { readonly kind: 'valid'; readonly record: SessionRecord }
  | { readonly kind: 'ended'; readonly reason: DurinError };

/** What is known about a session that is to be judged again. */
export interface KnownSession {
  readonly selector: string;
  readonly expiresAt: Date | null;
}

/**
 * Judges a session as the database has it now.
 * @throws DurinError STORE_UNAVAILABLE; TRPCError what `isUserActive` threw
 */
export type JudgeSession = (known: KnownSession) => Promise<Verdict>;

export interface JudgeSessionDeps {
  /** Reads the database. Look-ups that start together share a statement. */
  readonly findStored: FindSession;
  readonly authenticate: Authenticate;
  readonly activeUser: Pick<ActiveUser, 'isActive'>;
  readonly codec: Pick<TokenCodec, 'tokenOf'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * An open stream is no use of its token, so a session that idles is not kept alive. A session that is over ends as it would
 * at a call: its row is removed, or the user's other sessions end with it.
 */
export function createJudgeSession(deps: JudgeSessionDeps): JudgeSession {
  const { findStored, authenticate, activeUser, codec, now } = deps;

  return async function judgeSession({ selector, expiresAt }) {
    const record = await findStored(selector);
    if (record === null) return ended(new DurinError(isExpired(expiresAt, now()) ? 'TOKEN_EXPIRED' : 'INVALID_TOKEN'));
    if (activeUser.isActive(record.userRow) && judgeLifetime(record, now()) !== 'expired') return valid(record);
    try {
      return valid(await authenticate({ kind: 'token', token: codec.tokenOf(selector) }, async () => record));
    } catch (error) {
      if (isDurinError(error) && error.code === 'UNAUTHORIZED') return ended(error);
      throw error;
    }
  };
}

function valid(record: SessionRecord): Verdict {
  return { kind: 'valid', record };
}

function ended(reason: DurinError): Verdict {
  return { kind: 'ended', reason };
}
