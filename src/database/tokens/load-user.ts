import type { Database } from '../database.ts';
import { translateErrors } from '../failures.ts';
import type { FilterChoices } from '../rows/row-conditions.ts';
import type { Schema } from '../schema.ts';

/** Loads a user as an entity, with the relations of the option `populate`. `null`: there is no such user. */
export type LoadUser = (userId: unknown) => Promise<object | null>;

export interface LoadUserRules {
  /** Paths from AuthToken; `false`: none. */
  readonly populate: readonly string[] | false;
  readonly filters: FilterChoices;
}

export function createLoadUser(database: Database, schema: Schema, rules: LoadUserRules): LoadUser {
  const { userMeta, userKey } = schema;
  const paths = (rules.populate || []).filter((path) => path.startsWith('user.')).map((path) => path.slice(5));
  const options = { populate: paths as never[], filters: { ...rules.filters } };

  return function loadUser(userId) {
    return translateErrors(
      database.fork().findOne<object>(userMeta.class, { [userKey.name]: userId }, options as never),
    );
  };
}
