import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Behaviours that django-rest-durin's own tests pin, and defects that were found in it. */
const behaviours = Array.from({ length: 50 }, (_, index) => String(index + 1));
const defects = Array.from({ length: 45 }, (_, index) => `B${index + 1}`);

/** Defects that no test beside the others can show, and why. */
const untestable: Record<string, string> = {
  B43: "the admin list's filter offered every user: this has a test where the admin page has its own",
};

/** The id that starts the name of a `test(...)` or a `test.each(...)(...)`; not of one that is skipped. */
const testName = /(?:\btest|\))\(\s*['"](B?\d+): /g;

const directory = join(import.meta.dirname, '..', 'upstream');

async function idsInTestNames(): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const file of glob('*.test.ts', { cwd: directory })) {
    const source = await readFile(join(directory, file), 'utf8');
    for (const [, id] of source.matchAll(testName)) ids.add(id ?? '');
  }
  return ids;
}

test('each behaviour and each testable defect of django-rest-durin has a test that is named after it', async () => {
  const expected = [...behaviours, ...defects.filter((id) => !(id in untestable))];
  expect([...(await idsInTestNames())].toSorted()).toEqual(expected.toSorted());
});
