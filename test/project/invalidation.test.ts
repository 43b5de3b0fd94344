import { expect, test } from 'vitest';
import { readSourceFiles, toSourceFile } from './source-files.ts';

const call = /\.invalidate\(|\{[^}]*\binvalidate\b[^}]*\} = \w*cache\b/;
/** The layered cache is a cache itself, and passes the call on to the shared one. */
const allowed = ['src/cache/invalidation.ts', 'src/cache/layered-cache.ts'];

test('only invalidation.ts invalidates cached sessions', () => {
  const callers = readSourceFiles('src').filter(({ code }) => call.test(code));
  expect(callers.map(({ path }) => path)).toEqual(allowed);
});

test.each(['await cache.invalidate(scope);', 'const { find, invalidate } = cache;'])('it would notice: %s', (line) => {
  expect(toSourceFile('src/example.ts', line).code).toMatch(call);
});
