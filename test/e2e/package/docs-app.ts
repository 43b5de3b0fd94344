import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { docsSamples } from '../../docs/pages.ts';
import { project } from '../programs/program.ts';

/** Writes an app of all samples of docs/, inside the package, so that `trpc-durin` is the package as it is built. */
export async function writeDocsApp() {
  await mkdir(join(project, '.data'), { recursive: true });
  const folder = await mkdtemp(join(project, '.data', 'docs-'));
  for (const { file, code } of docsSamples) await writeFile(join(folder, file), code);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
