import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, readPackageJson } from './source-files.ts';

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage | undefined>>;
}

interface LockedPackage {
  readonly version: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const locks = listFiles(['examples']).filter((path) => path.endsWith('package-lock.json'));
const readLock = (path: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')) as Lock;

test('every example has a lock', () => {
  const packages = listFiles(['examples']).filter((path) => path.endsWith('/package.json'));
  expect(locks.toSorted()).toEqual(
    packages.map((path) => path.replace(/package\.json$/, 'package-lock.json')).toSorted(),
  );
});

test.for(locks)('%s locks what the package needs now', (path) => {
  const { version, dependencies, peerDependencies } = readPackageJson();
  expect(readLock(path).packages['node_modules/trpc-durin']).toMatchObject({ version, dependencies, peerDependencies });
});

test.for(locks)('%s names no registry', (path) => {
  expect(Object.values(readLock(path).packages).filter((entry) => entry?.resolved !== undefined)).toEqual([]);
});
