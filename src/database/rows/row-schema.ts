import { type EntityClass, type EntityMetadata, type MikroORM, Utils, wrap } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';

/**
 * Compares the schema of entities with the one that statements use. An entity manager may read another schema, for example
 * that of a tenant: `orm.em.fork({ schema })`. Its entities have the same keys as other rows.
 */
export interface SchemaCheck {
  isOther(entity: object, meta: EntityMetadata): boolean;
  /** @throws DurinUsageError if the entity is of another table or schema, whose keys are those of other rows */
  refuseOther(entity: object, meta: EntityMetadata): void;
}

export function createSchemaCheck(orm: MikroORM): SchemaCheck {
  const driver = orm.em.getDriver();
  const defaultSchema = orm.em.getPlatform().getDefaultSchemaName();
  const schemaOf = (meta: EntityMetadata) => driver.getSchemaName(meta) ?? defaultSchema;

  return {
    isOther(entity, meta) {
      const schema = schemaOfEntity(entity);
      return schema !== null && schema !== schemaOf(meta);
    },

    refuseOther(entity, meta) {
      const own = (Utils.isEntity(entity) && orm.getMetadata().find(entity.constructor as EntityClass<object>)) || meta;
      if (own.root.tableName !== meta.root.tableName)
        throw new DurinUsageError(`user must be a ${meta.className}, and is a ${own.className}`);
      const schema = schemaOfEntity(entity);
      if (schema === null || schema === schemaOf(meta)) return;
      throw new DurinUsageError(
        `user must be a ${meta.className} of the schema '${schemaOf(meta)}', which this durin uses, and is one of '${schema}'`,
      );
    },
  };
}

/** `null` for a plain object, and for an entity that is not stored yet. */
function schemaOfEntity(entity: object): string | null {
  return Utils.isEntity(entity) ? (wrap(entity, true).getSchema() ?? null) : null;
}
