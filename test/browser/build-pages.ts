import { join } from 'node:path';
import { build } from 'vite';

/** The folders of the web pages, each with a vite.config.ts of its own. */
const pages: readonly string[] = [];

/** Builds what the tests look at, as `npm start` does. */
export async function setup(): Promise<void> {
  for (const page of pages) {
    await build({ root: join(import.meta.dirname, '..', '..', page), logLevel: 'warn' });
  }
}
