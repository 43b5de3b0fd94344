import type { EntityMetadata, MikroORM } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { updateTrigger } from '../notify/triggers.ts';

/**
 * The statement that creates a trigger names its table when the entity is defined, when the ORM's own option `schema` is
 * not known yet. The trigger would then be created on a table of another schema.
 * @throws DurinUsageError if triggers do not know the schema of their tables
 */
export function refuseUnplacedTriggers(orm: MikroORM, tokenMeta: EntityMetadata, userMeta: EntityMetadata): void {
  const schema = orm.config.get('schema');
  if (schema === undefined || schema === orm.em.getPlatform().getDefaultSchemaName()) return;
  if (isUnplaced(tokenMeta))
    throw new DurinUsageError(
      `defineDurinEntities: with notify, schema must be '${schema}', as the ORM's option schema is`,
    );
  if (isUnplaced(userMeta))
    throw new DurinUsageError(`durinTrigger: schema must be '${schema}', as the ORM's option schema is`);
}

function isUnplaced({ triggers, tableName }: EntityMetadata): boolean {
  const statement = triggers.find(({ name }) => name === updateTrigger)?.expression;
  return statement?.includes(` on "${tableName}" `) === true;
}
