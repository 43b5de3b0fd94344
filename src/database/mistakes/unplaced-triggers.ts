import type { EntityMetadata, MikroORM } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { updateTrigger } from '../notify/triggers.ts';

/**
 * The statement that creates a trigger names its table. The table that it names may be another one: the ORM's own option
 * `schema` is not known when the entity is defined, and entities that inherit a trigger share one statement.
 * @throws DurinUsageError if a trigger of any entity would be created on another table
 */
export function refuseUnplacedTriggers(orm: MikroORM, tokenMeta: EntityMetadata): void {
  for (const meta of [tokenMeta, ...orm.getMetadata().getAll().values()]) {
    const statement = meta.triggers.find(({ name }) => name === updateTrigger)?.expression;
    if (statement !== undefined) refuseElsewhere(orm, meta, statement, meta === tokenMeta);
  }
}

function refuseElsewhere(orm: MikroORM, meta: EntityMetadata, statement: string, isOwn: boolean): void {
  const standard = orm.em.getPlatform().getDefaultSchemaName();
  const own = meta.schema === '*' ? undefined : meta.schema;
  const schema = own ?? orm.config.get('schema') ?? standard;
  const { className, tableName } = meta;
  const isIn = (place: string) => statement.includes(` on ${place}${quote(tableName)} `);
  if (isIn(`${quote(schema ?? '')}.`) || (schema === standard && isIn(''))) return;
  if (isOwn) {
    throw new DurinUsageError(
      `defineDurinEntities: with notify, schema must be '${schema}', as the ORM's option schema is`,
    );
  }
  if (isIn('')) throw new DurinUsageError(`durinTrigger: schema must be '${schema}', as the ORM's option schema is`);
  throw new DurinUsageError(
    `durinTrigger: the trigger of ${className} is not on its table ${tableName}. Entities that inherit a trigger share ` +
      'it: leave it out of the base entity, and put a durinTrigger() into each entity',
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
