import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../client/storage/file-storage.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durin-'));
  path = join(folder, 'session.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function plant(mode: number, content = '{"a":"planted"}'): void {
  writeFileSync(path, content);
  chmodSync(path, mode);
}

const isWindows = process.platform === 'win32';
const refusal = 'session.json can be written by other users, so it is not read. Delete it, or';

test.skipIf(isWindows).each([0o666, 0o620, 0o602])('a file of mode %o is refused', (mode) => {
  plant(mode);
  expect(() => fileStorage(path).get('a')).toThrow(refusal);
});

test.each([0o600, 0o644, 0o400])('a file of mode %o is read', (mode) => {
  plant(mode);
  expect(fileStorage(path).get('a')).toBe('planted');
});

test.skipIf(isWindows)('a link to a file that others may write is refused', () => {
  plant(0o666);
  const link = join(folder, 'link.json');
  symlinkSync(path, link);
  expect(() => fileStorage(link).get('a')).toThrow('link.json can be written by other users');
});

test.skipIf(process.getuid?.() !== 0)('a file of another user is refused', () => {
  plant(0o600);
  execFileSync('chown', ['12345', path]);
  expect(() => fileStorage(path).get('a')).toThrow('session.json belongs to another user, so it is not read.');
});

test.skipIf(isWindows)('the next login replaces it and takes over none of its sessions', () => {
  plant(0o666, '{"a":"planted","b":"planted"}');
  const storage = fileStorage(path);
  storage.set('b', 'mine');
  expect([storage.get('a'), storage.get('b')]).toEqual([undefined, 'mine']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).not.toContain('planted');
});

test('a logout deletes it', () => {
  plant(0o666);
  fileStorage(path).remove('a');
  expect(fileStorage(path).get('a')).toBeUndefined();
});

test.skipIf(isWindows)('a pipe in its place does not block the program', () => {
  execFileSync('mkfifo', ['-m', '600', path]);
  expect(fileStorage(path).get('a')).toBeUndefined();
});
