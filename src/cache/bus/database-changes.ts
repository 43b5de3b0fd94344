import type { NotifyingTables, RowChange, TableRole } from '../../database/notify/notifying-tables.ts';
import { clientScope, type Scope, tokenScope, userScope } from '../session-cache.ts';
import type { DatabaseChanges } from './messages.ts';

export interface DatabaseChangesDeps {
  readonly tables: Pick<NotifyingTables, 'read' | 'announce'>;
  /** Converts a user's key as the database writes it. */
  readonly userIdOf: (key: string) => unknown;
}

/** Translates what triggers send: which change of a row makes which cached sessions stale. */
export function createDatabaseChanges({ tables, userIdOf }: DatabaseChangesDeps): DatabaseChanges {
  function scopesOf({ role, keys }: RowChange): readonly Scope[] {
    if (keys === null) return ['all'];
    switch (role) {
      case 'token':
        return keys.map(tokenScope);
      case 'client':
        return keys.map((key) => clientScope(Number(key)));
      case 'user':
        return keys.map((key) => scopeOfUser(key, userIdOf));
      case 'related':
        return ['all'];
    }
  }

  return {
    read(message) {
      const change = tables.read(message);
      return change && scopesOf(change);
    },
    announce(scope) {
      const role = roleOf(scope);
      return role !== null && tables.announce(role);
    },
  };
}

/** The app's own type of the key may fail. Then it is not known whose sessions are stale. */
function scopeOfUser(key: string, userIdOf: (key: string) => unknown): Scope {
  try {
    return userScope(userIdOf(key));
  } catch {
    return 'all';
  }
}

function roleOf(scope: Scope): TableRole | null {
  const [kind] = scope.split(':', 1);
  return kind === 'token' || kind === 'client' || kind === 'user' ? kind : null;
}
