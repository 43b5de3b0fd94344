import type { MikroORM } from '@mikro-orm/core';
import { openDatabase } from './database.ts';
import { entities } from './entities.ts';

/** Opens a database and counts its statements through the ORM's logger. */
export async function openCountedDatabase(): Promise<{ orm: MikroORM; statements: () => number }> {
  let count = 0;
  const orm = await openDatabase({
    entities,
    debug: ['query'],
    logger: () => {
      count += 1;
    },
  });
  return { orm, statements: () => count };
}
