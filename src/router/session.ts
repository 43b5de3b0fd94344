import type { LoadUser } from '../database/tokens/load-user.ts';
import { runCallback } from '../tokens/app-callback.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface SessionDeps {
  readonly formatExpiry: (expiry: Date | null) => unknown;
  /** `null`: the answer has no `user`. */
  readonly serializeUser: ((user: object) => unknown) | null;
  readonly loadUser: LoadUser;
}

/** What `session` returns: what `login` returned of this session, without the token. */
interface CurrentSession {
  readonly id: string;
  readonly expiry: unknown;
  readonly user?: unknown;
}

export function createSession({ optionalSessionProcedure }: RouterProcedures, deps: SessionDeps) {
  const { formatExpiry, serializeUser, loadUser } = deps;

  return optionalSessionProcedure.query(async function currentSession({
    ctx: { session },
  }): Promise<CurrentSession | null> {
    if (session === null) return null;
    const { id } = session;
    const expiry = formatExpiry(session.expiresAt);
    if (serializeUser === null) return { id, expiry };
    const user = await loadUser(session.userId);
    return user === null ? null : { id, expiry, user: await runCallback(() => serializeUser(user)) };
  });
}
