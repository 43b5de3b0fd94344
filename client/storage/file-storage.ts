import { createHash, randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { createPrivateFile, moveFile, readFoundFile, replacePrivateFile } from './private-file.ts';
import type { DurinStorage } from './storage.ts';

/**
 * Keeps sessions in files that only their owner may read (mode 0600), for command-line programs. Each key has a file of
 * its own: the first one is stored at `path`, others beside it. Programs that store different keys at the same time do not
 * affect each other. A file is deleted with its session. Missing folders are created with mode 0700.
 *
 * A file that does not exist or holds broken JSON counts as empty. One that belongs to another user or that others may write
 * is not read: reading it throws, and the next login replaces it. That and any other error of the file system is thrown,
 * and `createDurinClient` passes it to the option `onStorageError`.
 *
 * @param path the file: `~` is not expanded, and relative paths start at the working directory
 *
 * @example
 * const { trpc, auth } = createDurinClient<AppRouter>({
 *   url: 'https://example.com/trpc',
 *   path: 'auth',
 *   client: 'cli',
 *   storage: fileStorage(join(homedir(), '.config/acme/session.json')),
 * });
 */
export function fileStorage(path: string): DurinStorage {
  /** The file of a key that does not have the file at `path`. A key may hold characters that no file name may. */
  const fileBeside = (key: string) => `${path}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;

  /** Copies each session of a file to its own file beside `path`. A session that was stored there since is kept. */
  function copyBeside(sessions: ReadonlyMap<string, string>): void {
    for (const [key, text] of sessions) createPrivateFile(fileBeside(key), serialize(key, text));
  }

  /**
   * Splits a file that holds several sessions, as version 0.1 wrote it. Another program may have split it meanwhile and
   * stored a session at `path`, so the file is moved away, and read again, before it is deleted.
   */
  function splitSharedFile(): void {
    const sessions = readSessions(path);
    if (sessions.size < 2) return;
    copyBeside(sessions);
    const taken = `${path}.${randomUUID()}`;
    if (!moveFile(path, taken)) return;
    copyBeside(readSessions(taken));
    rmSync(taken);
  }

  return {
    get(key) {
      for (const file of [fileBeside(key), path]) {
        const { sessions, problem } = inspect(file);
        if (problem !== null) throw new Error(problem);
        if (sessions.has(key)) return sessions.get(key);
      }
      return undefined;
    },

    set(key, text) {
      splitSharedFile();
      const content = serialize(key, text);
      const beside = fileBeside(key);
      if (existsSync(beside)) replacePrivateFile(beside, content);
      else if (!createPrivateFile(path, content))
        replacePrivateFile(belongsToOther(path, key) ? beside : path, content);
    },

    remove(key) {
      splitSharedFile();
      for (const file of [fileBeside(key), path]) if (inspect(file).sessions.has(key)) rmSync(file, { force: true });
    },
  };
}

const serialize = (key: string, text: string) => `${JSON.stringify(Object.fromEntries([[key, text]]))}\n`;

function belongsToOther(path: string, key: string): boolean {
  const sessions = readSessions(path);
  return sessions.size > 0 && !sessions.has(key);
}

/** Returns the sessions in a file by key; none if another user may have written it. */
function readSessions(file: string): ReadonlyMap<string, string> {
  const { sessions, problem } = inspect(file);
  return problem === null ? sessions : new Map();
}

interface Inspected {
  readonly sessions: ReadonlyMap<string, string>;
  /** Why another user may have written them; `null` if none can have. */
  readonly problem: string | null;
}

function inspect(file: string): Inspected {
  const found = readFoundFile(file);
  return { sessions: parseSessions(found?.content ?? ''), problem: found?.problem ?? null };
}

function parseSessions(text: string): Map<string, string> {
  try {
    const content: unknown = JSON.parse(text);
    const entries: [string, unknown][] = Object.entries(content ?? {});
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
