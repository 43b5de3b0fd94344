import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from './source-files.ts';

const longest = 70;

/** The title of a `test(...)`, a `describe(...)` or a `test.each(...)(...)`, with its quotes. */
const titles =
  /(?:\b(?:test|describe)(?:\.\w+)*|\))\(\s*('(?:\\.|[^'\\\n])*'|"[^"\n]*"|`[^`\n]*`),\s*(?:async\b|\(|\w+)/g;

function titlesIn(code: string): string[] {
  return [...code.matchAll(titles)].map(([, quoted = '']) => quoted.slice(1, -1));
}

test(`a test has a name of at most ${longest} characters`, () => {
  const found = listFiles(['test'])
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => titlesIn(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')));
  expect(found.length).toBeGreaterThan(1000);
  expect(found.filter((title) => title.length > longest)).toEqual([]);
});

test('the names of tests are found in each form', () => {
  const forms = [
    "test('a', () => {})",
    'test("b\'s", async () => {})',
    "test.for([1] as const)('c %s', async () => {})",
    'describe(`d`, () => {})',
    "test(\n  'e',\n  async () => {},\n)",
    "test('f', body)",
  ];
  expect(titlesIn(forms.join('\n'))).toEqual(['a', "b's", 'c %s', 'd', 'e', 'f']);
});
