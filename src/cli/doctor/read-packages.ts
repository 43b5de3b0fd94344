import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InstalledPackage } from './judge-versions.ts';

/** The packages that the app and this package have to share. */
const shared = ['@trpc/server', '@mikro-orm/core', 'zod'];
const ofOrm = ['@mikro-orm/postgresql', '@mikro-orm/pglite', '@mikro-orm/sql', '@mikro-orm/migrations'];

/** @param folder of the app */
export function readPackages(folder: string): InstalledPackage[] {
  const ofApp = createRequire(join(folder, 'package.json'));
  const ofDurin = createRequire(import.meta.url);
  return [...shared, ...ofOrm].map((name) => ({ name, ofApp: find(ofApp, name), ofDurin: find(ofDurin, name) }));
}

function find({ resolve }: NodeJS.Require, name: string): InstalledPackage['ofApp'] {
  try {
    const path = realpathSync(resolve(`${name}/package.json`));
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    return { version, folder: dirname(path) };
  } catch {
    return null;
  }
}
