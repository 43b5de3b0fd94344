import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../client/storage/file-storage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['is fresh', 0],
  ['is old', -10],
  ['seems to be from the future', 10],
])('a lock file of 0.1 that %s blocks neither reads nor writes', (_, secondsOff) => {
  const path = join(folder, 'session.json');
  writeFileSync(`${path}.lock`, 'its owner was killed');
  const modified = Date.now() / 1000 + secondsOff;
  utimesSync(`${path}.lock`, modified, modified);
  const storage = fileStorage(path);
  const start = performance.now();
  storage.set('a', 'one');
  storage.set('b', 'two');
  expect([storage.get('a'), storage.get('b')]).toEqual(['one', 'two']);
  storage.remove('a');
  expect(storage.get('a')).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(4000); // 0.1 waited 5 s for a fresh lock
});
