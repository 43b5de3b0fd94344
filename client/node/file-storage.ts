import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DurinStorage } from '../storage.ts';

/**
 * Keeps sessions in a file that only its owner may read (mode 0600), for command-line programs. The file is written
 * beside its place and moved there, so that whoever reads it finds it whole; it goes away with its last session.
 * Folders that are missing are created for the owner alone.
 */
export function fileStorage(path: string): DurinStorage {
  function read(): Map<string, string> {
    try {
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
      const entries: [string, unknown][] = Object.entries(content ?? {});
      return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw error;
    }
  }

  function write(sessions: ReadonlyMap<string, string>): void {
    if (sessions.size === 0) {
      rmSync(path, { force: true });
      return;
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}`;
    try {
      writeFileSync(draft, `${JSON.stringify(Object.fromEntries(sessions))}\n`, {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      });
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  return {
    get: (key) => read().get(key),
    set: (key, value) => write(read().set(key, value)),
    remove(key) {
      const sessions = read();
      if (sessions.delete(key)) write(sessions);
    },
  };
}
