import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..', '..');

/** The folders of the web pages, each with a vite.config.ts of its own. */
const pages = ['examples/quickstart/web'];

/** Builds what the tests look at, as users get it: not in Vitest's own environment, where React is built for tests. */
export async function setup(): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const env = { PATH: process.env['PATH'] ?? '' };
  for (const page of pages) {
    await promisify(execFile)(process.execPath, [vite, 'build', page, '--logLevel', 'warn'], { cwd: root, env });
  }
}
