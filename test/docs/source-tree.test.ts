import { expect, test } from 'vitest';
import { rings } from '../project/rings.ts';
import { blocksOf } from './pages.ts';

test('the list of folders has the order of the rings', () => {
  const tree = blocksOf('docs/architecture.md').find(({ code }) => code.startsWith('src/\n'));
  const names = (tree?.code ?? '')
    .split('\n')
    .filter((line) => /^ {2}\S/.test(line)) // deeper lines are folders of folders, and what goes on about one
    .flatMap((line) => line.trim().split(/ {2,}/))
    .flatMap((word) => /^[\w-]+(?=\/$)|^[\w-]+\.ts$/.exec(word) ?? []);
  expect(names).toEqual(rings.flat());
});
