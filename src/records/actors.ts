import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '../database/records/change-context.ts';
import type { AdminActor, CallOrigin } from '../events.ts';
import type { SessionRecord } from '../session.ts';

/** By whose order work is done, for the audit. It follows the work through its promises. */
export interface Actors {
  /** The actor of the work that calls; outside of any, the server. */
  readonly current: () => Actor;
  /** Runs work of a call that nobody is signed in for yet. */
  asVisitor<T>(origin: CallOrigin, work: () => T): T;
  /** Runs work of a session's call. */
  asUser<T>(session: SessionRecord, origin: CallOrigin, work: () => T): T;
  asAdmin<T>(by: AdminActor, work: () => T): T;
}

const server: Actor = { actor: 'server', ipAddress: null, userAgent: null };

/**
 * @param toUserKey converts a user's key to what the database stores
 * @returns `null` if there is no audit, so that calls cost nothing
 */
export function createActors(isAudited: boolean, toUserKey: (userId: unknown) => unknown): Actors | null {
  if (!isAudited) return null;
  const keyTextOf = (userId: unknown) => String(toUserKey(userId));
  const storage = new AsyncLocalStorage<Actor>();

  return {
    current: () => storage.getStore() ?? server,

    asVisitor: ({ ipAddress, userAgent }, work) => storage.run({ actor: 'user', ipAddress, userAgent }, work),

    asUser({ id, userId }, { ipAddress, userAgent }, work) {
      return storage.run({ actor: 'user', userId: keyTextOf(userId), tokenId: id, ipAddress, userAgent }, work);
    },

    asAdmin(by, work) {
      if (by === 'command-line') return storage.run({ ...server, actor: 'command-line' }, work);
      const { userId, tokenId, ipAddress, userAgent } = by;
      return storage.run({ actor: 'admin', userId: keyTextOf(userId), tokenId, ipAddress, userAgent }, work);
    },
  };
}
