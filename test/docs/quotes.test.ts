import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pages, quotesOf } from './pages.ts';

const root = join(import.meta.dirname, '../..');
const quotes = pages.flatMap(quotesOf);

test('the documents quote files as they are', () => {
  const wrong = quotes.filter(({ file, code }) => !readFileSync(join(root, file), 'utf8').includes(code));
  expect(quotes.length).toBeGreaterThan(10);
  expect(wrong.map(({ page, file }) => `${page}: ${file}`)).toEqual([]);
});

test('what the documents quote is an example that is run', () => {
  for (const { file } of quotes) expect(file).toMatch(/^examples\/(?:hono|next)\//);
});
