import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface FoundFile {
  readonly content: string;
  /** Why another user may have written it; `null` if only this user or root can have. */
  readonly problem: string | null;
}

/** Reads a file and judges who may have written it. `null`: there is none. */
export function readFoundFile(path: string): FoundFile | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe in its place must not block the program
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return { problem: problemOf(path, fstatSync(file)), content: readFileSync(file, 'utf8') };
  } finally {
    closeSync(file);
  }
}

/** Windows has neither such modes nor such owners. */
function problemOf(path: string, { uid, mode }: { readonly uid: number; readonly mode: number }): string | null {
  const user = process.getuid?.();
  if (user === undefined) return null;
  if (uid !== user && uid !== 0) return `${path} belongs to another user, so it is not read. Delete it.`;
  if ((mode & 0o022) === 0) return null;
  return `${path} can be written by other users, so it is not read. Delete it, or take the permission away with chmod 600.`;
}

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
