import type { AdminStore, UserRow } from '../database/admin/admin-store.ts';
import { fromJsonKey, toJsonKey } from '../database/admin/user-key.ts';
import { isOutage, isUnstorable } from '../database/failures.ts';
import type { EntityManager } from '../database/schema.ts';
import type { Internals } from '../durin/internals.ts';
import { DurinError, DurinUsageError } from '../errors.ts';
import type { UserId, UserView } from './admin-views.ts';

/** `UserNaming` without the app's types. */
export interface AnyUserNaming {
  readonly userLabel?: ((user: never) => unknown) | undefined;
  readonly searchUsers?: ((query: { search: string; em: EntityManager; limit: number }) => unknown) | undefined;
}

/** Labels and finds users: by the app's `userLabel` and `searchUsers`, or by the defaults. */
export interface UserDirectory {
  toView(user: UserRow): UserView;
  find(id: UserId): Promise<UserRow | null>;
  /** @throws DurinError USER_NOT_FOUND */
  get(id: UserId): Promise<UserRow>;
  /** Finds several users at once, and returns what shows each of them. A deleted user has its key as its label. */
  viewsOf(keys: readonly unknown[]): Promise<(key: unknown) => UserView | null>;
  /** At most `limit` users, best match first. */
  search(search: string, limit: number): Promise<UserRow[]>;
}

export function createUserDirectory(
  { database, schema }: Internals,
  store: AdminStore,
  { userLabel, searchUsers }: AnyUserNaming,
): UserDirectory {
  function labelOf({ key, user }: UserRow): string {
    if (userLabel !== undefined) return String(userLabel(user as never));
    const columns = user as Readonly<Record<string, unknown>>;
    const name = store.nameColumns
      .map((column) => columns[column])
      .find((value) => typeof value === 'string' && value !== '');
    return String(name ?? key);
  }

  function toView(row: UserRow): UserView {
    return { id: toJsonKey(row.key), label: labelOf(row) };
  }

  /** Entities or keys, as the app's `searchUsers` returns them. */
  async function callSearchUsers(search: string, limit: number): Promise<readonly unknown[]> {
    try {
      const found = await searchUsers?.({ search, em: database.fork(), limit });
      if (!Array.isArray(found))
        throw new DurinUsageError('searchUsers must return an array of users or of their keys');
      return found;
    } catch (cause) {
      if (isUnstorable(cause)) return [];
      if (isOutage(cause)) throw new DurinError('STORE_UNAVAILABLE', { cause });
      throw cause;
    }
  }

  async function find(id: UserId): Promise<UserRow | null> {
    const key = fromJsonKey(id, schema);
    const [user] = key === null ? [] : await store.findUsers([key]);
    return user ?? null;
  }

  return {
    find,
    toView,

    async get(id) {
      const user = await find(id);
      if (user === null) throw userNotFound();
      return user;
    },

    async viewsOf(keys) {
      const rows = await store.findUsers([...new Set(keys.filter((key) => key !== null))]);
      const views = new Map(rows.map((row) => [toJsonKey(row.key), toView(row)]));
      return function viewOf(key) {
        if (key === null) return null;
        const id = toJsonKey(key);
        return views.get(id) ?? { id, label: String(id) };
      };
    },

    async search(search, limit) {
      if (searchUsers === undefined) return store.searchUsers(search, limit);
      const found = await callSearchUsers(search, limit);
      const keys = found.slice(0, limit).map((user) => schema.userKeyOf(user));
      return store.findUsers([...new Set(keys)]);
    },
  };
}

export function userNotFound(): DurinError {
  return new DurinError('USER_NOT_FOUND', { fields: { user: ['There is no such user.'] } });
}
