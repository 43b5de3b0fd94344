import { toPopulateTree } from '../database/rows/populate-tree.ts';
import { viewEntity } from '../database/tokens/entity-view.ts';
import type { Internals } from '../durin/internals.ts';
import { TestSessionStore } from './test-session-store.ts';

/** The sessions that tests gave this durin. The first one puts their store in front of the durin's own. */
export function testSessionsOf({ schema, sessions, now }: Internals): TestSessionStore {
  const { tokenStore, activeUser, changes, populate } = sessions;
  const current = tokenStore.current();
  if (current instanceof TestSessionStore) return current;

  const { userMeta, tokenMeta, userKey, baseOf, userKeyOf, isSameUser } = schema;
  const tree = populate === false ? {} : toPopulateTree(populate, tokenMeta);
  const base = baseOf(userMeta);
  const store = new TestSessionStore({
    inner: current,
    isSameUser,
    changes,
    now,
    viewsOf(user) {
      const userRow = viewEntity(userMeta, base, user, tree['user'] ?? {});
      const shown = tree['user'] === undefined ? Object.freeze({ [userKey.name]: userKeyOf(user) }) : userRow;
      return { userRow, user: shown, isActive: activeUser.isActive(userRow) };
    },
  });
  tokenStore.override(store);
  return store;
}
