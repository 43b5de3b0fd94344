import { expect, test } from 'vitest';
import { maxFindings } from '../../src/leaks/leak-report.ts';
import { maxBodyBytes } from '../../src/leaks/report-body.ts';
import { createTokenPattern } from '../../src/leaks/token-pattern.ts';
import { blocksOf, readPage } from './pages.ts';

const page = 'docs/guides/leaked-keys.md';
const { source } = createTokenPattern({ tokenPrefix: 'acme_', tokenLength: 64 });

test('the samples for scanners have the pattern of the code', () => {
  const texts = blocksOf(page).filter(({ language }) => ['text', 'toml', 'yaml'].includes(language));
  const patterns = texts.flatMap(({ code }) => code.match(/\S*acme_\[\S*\}(?:\\b)?/g) ?? []);
  expect(patterns.map((pattern) => pattern.replace(/^'+/, ''))).toEqual([
    source,
    source,
    source,
    source.replaceAll(String.raw`\b`, ''),
  ]);
});

test('the limits of a report are those of the code', () => {
  expect(readPage(page)).toContain(
    `the body has more than ${maxBodyBytes / 2 ** 20} MiB, or the report more than ${maxFindings.toLocaleString('en')} entries`,
  );
});
