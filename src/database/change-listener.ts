import type { RevocationReason } from '../events.ts';
import type { Deleted, EndedToken } from './token-store.ts';

/** Tokens that ended with what a flush did, and why. */
export interface Ending {
  readonly tokens: readonly EndedToken[];
  readonly reason: RevocationReason;
}

/**
 * The port to what the app's own flushes did to what durin knows. Called inside the app's transaction, where there is
 * one. Several durins may listen to one ORM: what one of them ended for a change the others are told, since they find it
 * ended; each has listeners of its own.
 */
export interface ChangeListener {
  /**
   * Ends the sessions of a user who is not active, tells of that, and gives what it ended.
   * @param user as it is now; `null`: deleted; left out: to be read
   */
  userChanged(userId: unknown, user?: object | null): Promise<Ending>;
  clientChanged(clientId: number): Promise<void>;
  /** @param selector `null`: a token, but it can not be told which */
  tokenChanged(selector: string | null): Promise<void>;
  /** Something that `populate` joins to a session. */
  relatedChanged(): Promise<void>;
  /** Called before these rows are deleted. Ends their tokens, tells of that after the commit, and gives what it ended. */
  beforeDeletion(deleted: Deleted, keys: readonly unknown[]): Promise<Ending>;
  /** Another durin ended these. */
  tokensEnded(ending: Ending): void;
}
