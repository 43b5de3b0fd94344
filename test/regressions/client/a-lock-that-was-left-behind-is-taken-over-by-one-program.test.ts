import type * as FileSystem from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withFileLock } from '../../../client/node/file-lock.ts';

/** What happens between the look at a file and what is made of it. */
const meanwhile: (() => void)[] = [];
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof FileSystem>();
  function statSync(...args: Parameters<typeof fs.statSync>) {
    const stats = fs.statSync(...args);
    meanwhile.shift()?.();
    return stats;
  }
  return { ...fs, statSync };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a lock that another program has taken over since it was found stale is not taken from that one', () => {
  const path = join(folder, 'session.json');
  const lock = `${path}.lock`;
  writeFileSync(lock, '');
  utimesSync(lock, 0, 0);
  const order: string[] = [];
  function otherTakesOver(): void {
    rmSync(lock);
    writeFileSync(lock, '');
    order.push('the other begins');
  }
  function otherEnds(): void {
    rmSync(lock);
    order.push('the other ends');
  }
  meanwhile.push(otherTakesOver, () => {}, otherEnds);
  withFileLock(path, () => order.push('this one begins'));
  expect(order).toEqual(['the other begins', 'the other ends', 'this one begins']);
  expect(readdirSync(folder)).toEqual([]);
});

test('a program that was stopped until its lock was taken over leaves the lock to the other', () => {
  const path = join(folder, 'session.json');
  const lock = `${path}.lock`;
  withFileLock(path, () => writeFileSync(lock, 'the other'));
  expect(readFileSync(lock, 'utf8')).toBe('the other');
  withFileLock(join(folder, 'another.json'), () => rmSync(join(folder, 'another.json.lock')));
  expect(readdirSync(folder)).toEqual(['session.json.lock']);
});
