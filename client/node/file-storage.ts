import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DurinStorage } from '../storage/storage.ts';
import { withFileLock } from './file-lock.ts';

/**
 * Keeps sessions in a file that only its owner may read (mode 0600), for command-line programs. The file is written
 * beside its place and moved there, so that whoever reads it finds it whole; it goes away with its last session.
 * Processes that write at once wait for each other. Folders that are missing are created for the owner alone.
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

  /** None of the sessions that others store meanwhile is lost. */
  function change(edit: (sessions: Map<string, string>) => void): void {
    withFileLock(path, () => {
      const sessions = read();
      edit(sessions);
      write(sessions);
    });
  }

  return {
    get: (key) => read().get(key),
    set: (key, value) => change((sessions) => sessions.set(key, value)),
    remove(key) {
      if (read().has(key)) change((sessions) => sessions.delete(key));
    },
  };
}
