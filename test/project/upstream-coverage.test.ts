import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Behaviours that django-rest-durin's own tests pin, and defects that were found in it. */
const behaviours = Array.from({ length: 50 }, (_, index) => String(index + 1));
const defects = Array.from({ length: 45 }, (_, index) => `B${index + 1}`);

/** The id that starts the name of a `test(...)` or a `test.each(...)(...)`; not of one that is skipped. */
const testName = /(?:\btest|\))\(\s*['"](B?\d+): /g;

const directory = join(import.meta.dirname, '..', 'integration', 'upstream');

async function idsInTestNames(): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const file of glob('*.test.ts', { cwd: directory })) {
    const source = await readFile(join(directory, file), 'utf8');
    for (const [, id] of source.matchAll(testName)) ids.add(id ?? '');
  }
  return ids;
}

test('each behaviour and defect of django-rest-durin has a test', async () => {
  expect([...(await idsInTestNames())].toSorted()).toEqual([...behaviours, ...defects].toSorted());
});
