import { expect, test } from 'vitest';
import { maxFindings, parseReport } from '../../../src/leaks/leak-report.ts';

const parse = (value: unknown) => parseReport(Buffer.from(JSON.stringify(value)));

test('a report is a list of findings', () => {
  const finding = { token: 't', type: 'acme', url: 'https://example.com', source: 'commit' };
  expect(parse([finding])).toEqual({ kind: 'findings', findings: [finding] });
  expect(parse([])).toEqual({ kind: 'findings', findings: [] });
});

test('an unknown place is null, and unknown fields are dropped', () => {
  const nowhere = { token: 't', type: 'acme', url: null, source: null };
  const entries = [
    { token: 't', type: 'acme' },
    { token: 't', type: 'acme', url: '', source: null, commit: 'abc' },
  ];
  expect(parse(entries)).toEqual({ kind: 'findings', findings: [nowhere, nowhere] });
});

test.for([
  ['no JSON', '[{'],
  ['empty', ''],
  ['an object', '{"token":"t","type":"acme"}'],
  ['a list of texts', '["t"]'],
  ['an entry without a token', '[{"type":"acme"}]'],
  ['an entry without a type', '[{"token":"t"}]'],
  ['a token that is a number', '[{"token":7,"type":"acme"}]'],
  ['a URL that is an object', '[{"token":"t","type":"acme","url":{}}]'],
] as const)('%s is malformed', ([, text]) => {
  expect(parseReport(Buffer.from(text))).toEqual({ kind: 'malformed' });
});

test('a report with too many entries is refused before they are parsed', () => {
  const entries = Array.from({ length: maxFindings }, () => ({ token: 't', type: 'acme' }));
  expect(parse(entries).kind).toBe('findings');
  expect(parse([...entries, 'anything'])).toEqual({ kind: 'too-long' });
});
