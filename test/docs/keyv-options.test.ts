import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docsSamples } from './pages.ts';

const root = join(import.meta.dirname, '../..');

/** The arguments of the first `new KeyvRedis` of a text, without comment marks and line breaks. */
function keyvOptionsOf(text: string): string | undefined {
  const code = text.replaceAll(/\n \* /g, '\n').replaceAll(/\s+/g, ' ');
  return /new KeyvRedis\((.*?)\);/.exec(code)?.[1]?.trim();
}

test('the KeyvRedis of the docs is the one that is tested', () => {
  const tested = keyvOptionsOf(readFileSync(join(root, 'test/support/cache/redis-stores.ts'), 'utf8'));
  expect(tested).toContain('socketTimeout');
  expect(keyvOptionsOf(docsSamples.find(({ file }) => file === 'keyv-store.ts')?.code ?? '')).toBe(tested);
  expect(keyvOptionsOf(readFileSync(join(root, 'src/cache/shared-store.ts'), 'utf8'))).toBe(tested);
});
