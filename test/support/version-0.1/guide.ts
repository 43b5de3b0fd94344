import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import { samplesOf } from '../../docs/pages.ts';
import { openAppOfVersion01 } from './app.ts';

type MigrationClass = new (...parameters: ConstructorParameters<typeof Migration>) => Migration;

const root = join(import.meta.dirname, '../../..');

/** The migrations that the guide to the upgrade prints, from the samples with these file names. */
export async function migrationsOfGuide(files: readonly string[]): Promise<MigrationClass[]> {
  await mkdir(join(root, '.data'), { recursive: true });
  const folder = await mkdtemp(join(root, '.data', 'upgrade-'));
  const samples = samplesOf('docs/guides/upgrading-from-0.1.md');
  const classes: MigrationClass[] = [];
  for (const file of files) {
    const path = join(folder, file);
    await writeFile(path, samples.find((sample) => sample.file === file)?.code ?? '');
    const module = (await import(/* @vite-ignore */ path)) as Record<string, MigrationClass>;
    classes.push(...Object.values(module));
  }
  await rm(folder, { recursive: true });
  return classes;
}

/** An app whose tables and rows are those of 0.1, with the guide's migrations to run. Some run when it opens. */
export async function openUpgrade(files: readonly string[], { isMigrated = false } = {}) {
  const migrationsList = await migrationsOfGuide(files);
  const app = await openAppOfVersion01({
    extensions: [Migrator],
    migrations: { migrationsList, snapshot: false },
    pool: { min: 0, max: 20 },
    logger: () => {},
  });
  if (isMigrated) await app.orm.migrator.up();
  return app;
}
