import type { EntityMetadata } from '@mikro-orm/core';
import { DurinUsageError } from '../errors.ts';
import type { SessionClient, SessionRecord } from '../session.ts';
import { type PopulateTree, type Projection, type Row, toPopulateTree } from './rows/projection.ts';
import type { Schema } from './schema.ts';

export interface UserRowRules {
  /** Paths from AuthToken, or `false`: the user is only its key. */
  readonly populate: readonly string[] | false;
  /** Whether the app judges users by a rule of its own, which may look at any column. */
  readonly hasOwnActiveRule: boolean;
}

/** The columns and joins of a session, and how a row of them is read. `t`, `c` and `u` are token, client and user. */
export interface SessionSelect {
  readonly columns: string;
  /** What to join to a relation `t` that has the columns of `durin_auth_token`. */
  readonly joins: string;
  readonly read: (row: Row) => SessionRecord;
  readonly selectorOf: (row: Row) => unknown;
  /** The entities of the tables that are joined for `populate`. */
  readonly related: ReadonlySet<EntityMetadata>;
}

export function createSessionSelect(schema: Schema, rules: UserRowRules): SessionSelect {
  const projection = schema.newProjection();
  const id = projection.add('t.id');
  const selector = projection.add('t.selector');
  const userId = projection.add(`u.${schema.userKeyColumn}`);
  const createdAt = projection.addInstant('t.created');
  const expiresAt = projection.addInstant('t.expiry');
  const lastUsedAt = projection.addInstant('t.last_used_at');
  const tree = rules.populate === false ? {} : toPopulateTree(rules.populate, schema.tokenMeta);
  const client = projection.addEntity(schema.clientMeta, 'c', tree['client'] ?? {}, ({ name }) => name !== 'created');
  const userRow = addUserRow(projection, schema, rules, tree['user']);
  const isPopulated = tree['user'] !== undefined;

  return {
    selectorOf: selector,
    related: projection.related,
    columns: projection.columns,
    joins:
      `join ${schema.clients} c on c.id = t.client_id ` +
      `join ${schema.users} u on u.${schema.userKeyColumn} = t.user_id ${projection.joins}`,
    read(row) {
      const user = userRow(row);
      const key = schema.fromUserKey(userId(row));
      return {
        id: id(row) as string,
        selector: selector(row) as string,
        userId: key,
        userRow: user,
        user: isPopulated ? user : Object.freeze({ [schema.userKey.name]: key }),
        client: client(row) as SessionClient,
        createdAt: createdAt(row) as Date,
        expiresAt: expiresAt(row),
        lastUsedAt: lastUsedAt(row),
      };
    },
  };
}

/** The statement that reads one user as the sessions show it. */
export function createUserRowSelect(schema: Schema, rules: UserRowRules) {
  const projection = schema.newProjection();
  const tree = rules.populate === false ? {} : toPopulateTree(rules.populate, schema.tokenMeta);
  const read = addUserRow(projection, schema, rules, tree['user']);
  const sql = `select ${projection.columns} from ${schema.users} u ${projection.joins} where u.${schema.userKeyColumn} = ?`;
  return { sql, read };
}

/** Without `populate: ['user']`, no more is read than judging the user takes. */
function addUserRow(
  projection: Projection,
  schema: Schema,
  rules: UserRowRules,
  tree: PopulateTree | undefined,
): (row: Row) => object {
  const judgedOn = schema.userMeta.properties['isActive'];
  if (!rules.hasOwnActiveRule && judgedOn && (judgedOn.hidden || judgedOn.lazy || judgedOn.persist === false)) {
    throw new DurinUsageError(
      'isUserActive must be given, since isActive of the user entity is hidden, lazy or not stored',
    );
  }
  const needsAll = tree !== undefined || rules.hasOwnActiveRule;
  const read = projection.addEntity(schema.userMeta, 'u', tree ?? {}, ({ name }) => needsAll || name === 'isActive');
  return (row) => read(row) ?? {};
}
