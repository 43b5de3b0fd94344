import { clientScope, type Scope, selectorOf, userScope } from '../cache/session-cache.ts';
import type { SessionRecord } from '../session.ts';
import { listOf, type OneOrMany, withoutValue, withValue } from './one-or-many.ts';
import { OpenSession } from './open-session.ts';

/** The sessions that have open streams, by what a change may concern: a change costs what it concerns, not what is open. */
export interface OpenSessions {
  readonly size: number;
  /** The open session of this record, which is added if there is none. */
  of(record: SessionRecord): OpenSession;
  remove(session: OpenSession): void;
  all(): OpenSession[];
  /** Each of them once. */
  concernedBy(scopes: readonly Scope[]): OpenSession[];
}

export function createOpenSessions(): OpenSessions {
  const bySelector = new Map<string, OpenSession>();
  /** By the scopes of their users and clients. Most users have one. */
  const byScope = new Map<Scope, OneOrMany<OpenSession>>();

  function withScope(scope: Scope): readonly OpenSession[] {
    const selector = selectorOf(scope);
    return listOf((selector === null ? byScope.get(scope) : bySelector.get(selector)) ?? null);
  }

  return {
    get size() {
      return bySelector.size;
    },
    of(record) {
      const known = bySelector.get(record.selector);
      if (known !== undefined) return known;
      const session = new OpenSession(record);
      bySelector.set(session.selector, session);
      for (const scope of scopesOf(session)) byScope.set(scope, withValue(byScope.get(scope) ?? null, session));
      return session;
    },
    remove(session) {
      if (bySelector.get(session.selector) === session) bySelector.delete(session.selector);
      for (const scope of scopesOf(session)) {
        const others = withoutValue(byScope.get(scope) ?? null, session);
        if (others === null) byScope.delete(scope);
        else byScope.set(scope, others);
      }
    },
    all: () => [...bySelector.values()],
    concernedBy(scopes) {
      if (scopes.includes('all')) return [...bySelector.values()];
      return [...new Set(scopes.flatMap(withScope))];
    },
  };
}

function scopesOf({ userId, clientId }: OpenSession): Scope[] {
  return [userScope(userId), clientScope(clientId)];
}
