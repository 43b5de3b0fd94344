import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/pglite';
import type { TestProject } from 'vitest/node';

/** Starts a PGlite once and keeps its files, which the tests' own instances load. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'durin-pglite-'));
  const path = join(folder, 'empty.tar');
  const orm = await MikroORM.init({
    dbName: 'memory://',
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
  const pglite = await orm.em.getDriver().getConnection().getNativeClient();
  const files = await pglite.dumpDataDir('none');
  await writeFile(path, Buffer.from(await files.arrayBuffer()));
  await orm.close(true);
  project.provide('emptyPglite', path);
  return () => rm(folder, { recursive: true, force: true });
}
