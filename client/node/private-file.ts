import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file that only its owner may read, in place of the one that is there. Missing folders are created. */
export function replacePrivateFile(path: string, content: string): void {
  withDraft(path, content, (draft) => renameSync(draft, path));
}

/** Writes the file unless there is one: of several programs that try, one succeeds. Returns whether this one did. */
export function createPrivateFile(path: string, content: string): boolean {
  return withDraft(path, content, (draft) => {
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      renameSync(draft, path); // the file system has no hard links
    }
    return true;
  });
}

/** Returns whether there was a file to move. */
export function moveFile(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A reader sees all of a file or nothing, because the content is written beside it and then moved into place. */
function withDraft<T>(path: string, content: string, move: (draft: string) => T): T {
  const draft = `${path}.${randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
    return move(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}
