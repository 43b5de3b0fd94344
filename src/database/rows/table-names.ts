import { DurinUsageError } from '../../errors.ts';

const defaultPrefix = 'durin_';
/** Short enough for the names of indexes, which PostgreSQL cuts off at 63. */
const maxPrefixLength = 24;
const maxSchemaLength = 63;

export const defaultTokenTable = `${defaultPrefix}auth_token`;

/** What starts the names of durin's tables and entities. */
export interface TableNames {
  /** The option of an entity that names its schema; empty: the schema is the ORM's. */
  readonly place: { readonly schema?: string };
  readonly tablePrefix: string;
  readonly entityPrefix: string;
}

/** @throws DurinUsageError naming the option that is not a name */
export function parseTableNames(options: {
  schema?: string | undefined;
  tablePrefix?: string | undefined;
}): TableNames {
  const { schema, tablePrefix = defaultPrefix } = options;
  assertIsName(tablePrefix, 'tablePrefix', maxPrefixLength);
  if (schema !== undefined) assertIsName(schema, 'schema', maxSchemaLength);
  return { place: schema === undefined ? {} : { schema }, tablePrefix, entityPrefix: toPascalCase(tablePrefix) };
}

/** A name needs no quotes. */
function assertIsName(name: unknown, option: string, maxLength: number): asserts name is string {
  if (typeof name === 'string' && /^[a-z][a-z0-9_]*$/.test(name) && name.length <= maxLength) return;
  throw new DurinUsageError(
    `defineDurinEntities: ${option} must be lower-case letters, digits and _, at most ${maxLength}, the first one a letter`,
  );
}

/** `staff_` becomes `Staff`. */
function toPascalCase(prefix: string): string {
  return prefix.replaceAll(/(?:^|_)([a-z0-9]?)/g, (_match, letter: string) => letter.toUpperCase());
}
