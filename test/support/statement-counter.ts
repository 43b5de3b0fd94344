import type { MikroORM } from '@mikro-orm/core';
import { openDatabase } from './database.ts';
import { entities } from './entities.ts';

/** A database whose statements are counted by its logger. */
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
