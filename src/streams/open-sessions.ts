import { clientScope, type Scope, selectorOf, userScope } from '../cache/session-cache.ts';
import type { SessionRecord } from '../session.ts';
import { OpenSession } from './open-session.ts';

/** The sessions that have open streams, by what a change may concern: a change costs what it concerns, not what is open. */
export interface OpenSessions {
  readonly size: number;
  /** The open session of this record, which is added if there is none. */
  of(record: SessionRecord): OpenSession;
  remove(session: OpenSession): void;
  all(): OpenSession[];
  concernedBy(scope: Scope): OpenSession[];
}

export function createOpenSessions(): OpenSessions {
  const bySelector = new Map<string, OpenSession>();
  /** By the scopes of their users and clients. */
  const byScope = new Map<Scope, OpenSession | Set<OpenSession>>(); // most users have one

  return {
    get size() {
      return bySelector.size;
    },
    of(record) {
      const known = bySelector.get(record.selector);
      if (known !== undefined) return known;
      const session = new OpenSession(record);
      bySelector.set(session.selector, session);
      for (const scope of scopesOf(session)) {
        const others = byScope.get(scope);
        if (others === undefined) byScope.set(scope, session);
        else if (others instanceof Set) others.add(session);
        else byScope.set(scope, new Set([others, session]));
      }
      return session;
    },
    remove(session) {
      if (bySelector.get(session.selector) === session) bySelector.delete(session.selector);
      for (const scope of scopesOf(session)) {
        const others = byScope.get(scope);
        if (others instanceof Set) others.delete(session);
        if (others === session || (others instanceof Set && others.size === 0)) byScope.delete(scope);
      }
    },
    all: () => [...bySelector.values()],
    concernedBy(scope) {
      if (scope === 'all') return [...bySelector.values()];
      const selector = selectorOf(scope);
      if (selector === null) {
        const found = byScope.get(scope) ?? [];
        return found instanceof OpenSession ? [found] : [...found];
      }
      const session = bySelector.get(selector);
      return session === undefined ? [] : [session];
    },
  };
}

function scopesOf({ userId, clientId }: OpenSession): Scope[] {
  return [userScope(userId), clientScope(clientId)];
}
