import { type EntityProperty, ReferenceKind } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { propertyConverter } from '../rows/property-converter.ts';
import { areSameValues, loadedValueOf } from '../rows/property-values.ts';
import type { Schema } from '../schema.ts';
import type { CredentialsDigest } from '../token-store.ts';

/** The columns of the user that hold what a login verifies: the option `credentialFields`. */
export interface UserCredentials {
  readonly fields: ReadonlySet<string>;
  /** SQL for the digest of a user `u`; `null`: no fields are given. */
  readonly digestSql: string | null;
  /**
   * Compares the credentials of a user that was verified with the ones that are stored now.
   * @returns the digest of the stored ones; `null`: they have changed, or the user is gone
   * @throws DurinUsageError naming the field that is not loaded
   */
  confirm(userId: unknown, verified: object): Promise<CredentialsDigest | null>;
  /** The digest of the credentials that are stored now; `null`: the user is gone. */
  current(userId: unknown): Promise<CredentialsDigest | null>;
}

/** @throws DurinUsageError if a field is not a column of the user entity */
export function createUserCredentials(database: Database, schema: Schema, names: readonly string[]): UserCredentials {
  const { platform, userMeta, usersAsU, userKeyColumn } = schema;
  const properties = names.map((name) => columnOf(name, schema));
  const columns = properties.map(schema.userColumn);
  const texts = columns.map((column) => `${column}::text`).join(', ');
  // A digest, because the ORM may log a statement's parameters.
  const digestSql =
    columns.length === 0 ? null : `encode(sha256(convert_to(jsonb_build_array(${texts})::text, 'UTF8')), 'hex')`;
  const projection = schema.newProjection();
  const stored = properties.map((property, index) => {
    const column = columns[index] ?? '';
    const read = projection.add(property.customType?.convertToJSValueSQL?.(column, platform) ?? column);
    const convert = propertyConverter(property, platform);
    return { name: property.name, read: convert === undefined ? read : (row: object) => convert(read({ ...row })) };
  });
  const digest = projection.add(digestSql ?? 'null');
  const select = `select ${projection.columns} from ${usersAsU} where u.${userKeyColumn} = ?`;

  return {
    fields: new Set(names),
    digestSql,
    async confirm(userId, verified) {
      const values = names.map((name) => requireValue(verified, name, userMeta.className));
      const [row] = await database.run(select, [schema.toUserKey(userId)]);
      if (row === undefined) return null;
      const isSame = stored.every(({ read }, index) => areSameValues(read(row), values[index]));
      return isSame ? String(digest(row)) : null;
    },
    async current(userId) {
      const [row] = await database.run(select, [schema.toUserKey(userId)]);
      return row === undefined ? null : String(digest(row));
    },
  };
}

function columnOf(name: string, { userMeta }: Schema): EntityProperty {
  const property = userMeta.properties[name];
  const isColumn = property?.kind === ReferenceKind.SCALAR && property.persist !== false && !property.formula;
  if (property === undefined || !isColumn || property.fieldNames?.length !== 1)
    throw new DurinUsageError(`createDurin: credentialFields: ${userMeta.className} has no column '${name}'`);
  if (property.primary)
    throw new DurinUsageError(`createDurin: credentialFields: '${name}' is the primary key, which never changes`);
  return property;
}

function requireValue(user: object, name: string, className: string): unknown {
  const value = loadedValueOf(user, name);
  if (value !== undefined) return value;
  throw new DurinUsageError(
    `verifyCredentials must return a ${className} with its ${name} loaded, because credentialFields names it`,
  );
}
