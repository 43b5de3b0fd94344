import { DurinUsageError, internalError } from '../../errors.ts';
import type { SessionRecord } from '../../session.ts';
import type { ConfiguredClient } from '../../values/client-fields.ts';
import { unknownScopeProblem } from '../../values/scope.ts';
import { runSyncCallback } from '../app-callback.ts';

/** The scopes that something leaves a session; `null`: all. */
export type ScopeLimit = readonly string[] | null;

/** What decides about the scopes of a session. */
export type ScopedSession = Pick<SessionRecord, 'scopes' | 'client' | 'userRow'>;

/**
 * Returns the scopes that every limit lists, in the order of `scopes`. Limits only narrow: what they list beyond `scopes` is
 * ignored.
 */
export function effectiveScopes(scopes: readonly string[], limits: readonly ScopeLimit[]): readonly string[] {
  const lists = limits.filter((limit) => limit !== null).map((limit) => new Set(limit));
  return lists.length === 0 ? scopes : scopes.filter((scope) => lists.every((list) => list.has(scope)));
}

/** The scopes of sessions: those of the token, of its client and of its user together. */
export interface SessionScopes {
  /** The option `scopes`. */
  readonly all: readonly string[];
  /**
   * The scopes that a session holds, in the order of the option `scopes`. They are computed once for each look-up.
   * @throws TRPCError what `scopesOf` threw, or INTERNAL_SERVER_ERROR, also if it returned a Promise or an unknown scope
   */
  heldBy(session: ScopedSession): readonly string[];
  /** What to store with a token that this session creates, so that it may not do more than the session. */
  passedOnBy(session: ScopedSession): ScopeLimit;
  /** The `scopes` of a client. A client that was created at run time has none. */
  ceilingOf(clientName: string): ScopeLimit;
}

export interface SessionScopesDeps {
  /** The option `scopes`. */
  readonly scopes: readonly string[];
  /** The option `clients`; `null`: the app names none. */
  readonly clients: readonly ConfiguredClient[] | null;
  /** The option `scopesOf`; `null`: every user holds all scopes. */
  readonly scopesOf: ((user: object) => unknown) | null;
}

export function createSessionScopes({ scopes, clients, scopesOf }: SessionScopesDeps): SessionScopes {
  const all = Object.freeze([...scopes]);
  const ceilings = new Map(clients?.map(({ values, scopes: ceiling }) => [values.name, ceiling]));
  const known = new WeakMap<ScopedSession, readonly string[]>();

  function ceilingOf(clientName: string): ScopeLimit {
    return ceilings.get(clientName) ?? null;
  }

  function limitOfUser(userRow: object): ScopeLimit {
    if (scopesOf === null) return null;
    const answer: unknown = runSyncCallback('scopesOf', () => scopesOf(userRow));
    if (answer === 'all') return null;
    const problem = Array.isArray(answer) ? unknownScopeProblem(answer, all) : "it must return a list, or 'all'";
    if (problem !== null) throw internalError(new DurinUsageError(`scopesOf: ${problem}`));
    return answer as readonly string[];
  }

  return {
    all,
    ceilingOf,
    heldBy(session) {
      const held = known.get(session);
      if (held !== undefined) return held;
      const limits = [session.scopes, ceilingOf(session.client.name), limitOfUser(session.userRow)];
      const computed = Object.freeze(effectiveScopes(all, limits));
      known.set(session, computed);
      return computed;
    },
    passedOnBy({ scopes: ofToken, client }) {
      const limits = [ofToken, ceilingOf(client.name)];
      return limits.every((limit) => limit === null) ? null : effectiveScopes(all, limits);
    },
  };
}
