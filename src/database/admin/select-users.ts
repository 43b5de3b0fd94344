import type { EntityProperty } from '@mikro-orm/core';
import type { Database } from '../database.ts';
import { isVisible } from '../rows/is-visible.ts';
import type { Projection } from '../rows/projection.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { UserRow } from './admin-store.ts';
import { fromJsonKey } from './user-key.ts';

/** Selects the key and the visible columns of a user `u`. */
export function addUser(projection: Projection, schema: Schema): (row: Row) => UserRow {
  const key = projection.add(`u.${schema.userKeyColumn}`);
  const user = projection.addEntity(schema.userMeta, 'u', {});
  return (row) => ({ key: schema.fromUserKey(key(row)), user: user(row) ?? {} });
}

/** The admin's queries for users. */
export function createSelectUsers(database: Database, schema: Schema) {
  const projection = schema.newProjection();
  const read = addUser(projection, schema);
  const select = `select ${projection.columns} from ${schema.usersAsU} ${projection.joins}`;
  const isUser = schema.isUser({});
  const keyColumn = `u.${schema.userKeyColumn}`;
  const named = ['username', 'email', 'name'].flatMap((name) => {
    const property = schema.userMeta.properties[name];
    return property !== undefined && isSearchable(property) ? [property] : [];
  });
  const columns = named.map(schema.userColumn);

  return {
    nameColumns: named.map(({ name }) => name),

    async searchUsers(search: string, limit: number): Promise<UserRow[]> {
      const key = fromJsonKey(search, schema);
      const isKey = key === null ? [] : [`${keyColumn} = ?`];
      const keys = key === null ? [] : [schema.toUserKey(key)];
      const matches = [...columns.map((column) => `${column} ilike ? escape '!'`), ...isKey].join(' or ');
      if (matches === '') return [];
      const isSame = [...columns.map((column) => `lower(${column}) = lower(?)`), ...isKey].join(' or ');
      const order = [`coalesce(${isSame}, false) desc`, ...columns, keyColumn].join(', ');
      const texts = (text: string) => [...columns.map(() => text), ...keys];
      const parameters = [...texts(containsPattern(search)), ...texts(search), limit];
      return (await database.run(`${select} where (${matches})${isUser} order by ${order} limit ?`, parameters)).map(
        read,
      );
    },

    async findUsers(keys: readonly unknown[]): Promise<UserRow[]> {
      if (keys.length === 0) return [];
      const sql = `${select} where ${keyColumn} in (${keys.map(() => '?').join(', ')})${isUser}`;
      const rows = await database.run(
        sql,
        keys.map((key) => schema.toUserKey(key)),
      );
      const byKey = new Map(rows.map(read).map((user) => [String(user.key), user]));
      return keys.flatMap((key) => byKey.get(String(key)) ?? []);
    },
  };
}

/** Hidden and lazy columns are excluded, because a search would reveal their values. */
function isSearchable(property: EntityProperty): boolean {
  const isText =
    property.runtimeType === 'string' && /^(?:varchar|character|char|text|citext)/.test(property.columnTypes[0] ?? '');
  return isText && isVisible(property);
}

/** Returns the `like` pattern for text that contains the search, with `!` as the escape character. */
export function containsPattern(search: string): string {
  return `%${search.replaceAll(/[!%_]/g, '!$&')}%`;
}
