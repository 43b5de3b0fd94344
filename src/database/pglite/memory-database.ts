import { EntitySchema, type Opt } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { codeOf } from '../failures.ts';
import type { EntityList, OpenOrm } from '../schema.ts';

/** The user of an app that has none yet. */
export interface TestUser {
  id: number;
  username: string;
  /** As it is typed: this is for tests. */
  password: string | null;
  isActive: Opt<boolean>;
}

export function defineTestUser(): EntitySchema<TestUser> {
  return new EntitySchema<TestUser>({
    name: 'TestUser',
    tableName: 'test_user',
    properties: {
      id: { type: 'integer', primary: true, autoincrement: true },
      username: { type: 'string', unique: true },
      password: { type: 'string', nullable: true, hidden: true },
      isActive: { type: 'boolean', fieldName: 'is_active', default: true },
    },
  });
}

/**
 * Opens an empty PGlite in memory, with the tables of these entities.
 * @throws DurinUsageError if `@mikro-orm/pglite` is not installed
 */
export async function openMemoryDatabase(entities: EntityList): Promise<OpenOrm> {
  const { MikroORM } = await importPglite();
  const orm = await MikroORM.init({ entities: [...entities] as never, dbName: 'memory://' });
  try {
    await orm.schema.create();
    return orm;
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

async function importPglite() {
  try {
    return await import('@mikro-orm/pglite');
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DurinUsageError('a database in memory needs @mikro-orm/pglite: install it as a development dependency', {
      cause: error,
    });
  }
}
