import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { samplesOf } from '../../docs/pages.ts';
import { startProgram } from '../programs/program.ts';
import { writeDocsApp } from './docs-app.ts';

const env = {
  DURIN_SECRET: 'a secret of the documents, long enough for it',
  OAUTH_SECRET: 'secret',
  NODE_NO_WARNINGS: '1',
};

let app: Awaited<ReturnType<typeof writeDocsApp>>;
beforeEach(async () => {
  app = await writeDocsApp();
});
afterEach(() => app.remove());

const recipes = ['email-code', 'passkeys', 'oauth'];

test.for(recipes)('the recipe %s signs in, and refuses what it should', async (name) => {
  const program = join(import.meta.dirname, 'recipes', `${name}.ts`);
  expect(await startProgram([program], env, app.folder).ended).toEqual({ code: 0, output: 'done\n' });
});

test.for(recipes)('the recipe %s has less than 60 lines of code', (name) => {
  const lines = samplesOf(`docs/guides/${name}.md`).flatMap(({ code }) => code.split('\n'));
  const ofCode = lines.filter((line) => line.trim() !== '' && !/^(?:import |\/\*\*|\s*\/\/)/.test(line));
  expect(ofCode.length).toBeLessThan(60);
});
