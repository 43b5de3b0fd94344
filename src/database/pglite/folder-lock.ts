import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { identifyThisProcess, type Liveness, livenessOf, type ProcessIdentity } from './process-identity.ts';

/** What locks a folder: the app by `lockPgliteFolder`, or an ORM that has it open. */
export type FolderHolder = 'app' | 'orm';

/** The process that uses a folder. */
export interface FolderOwner extends ProcessIdentity {
  readonly program: string;
  readonly holder: FolderHolder;
  /** ISO 8601. */
  readonly since: string;
}

export interface FolderInUse {
  readonly outcome: 'in use';
  readonly owner: FolderOwner;
  readonly liveness: Exclude<Liveness, 'dead'>;
  /** The folder of the marks. */
  readonly marks: string;
}

export type FolderLock = { readonly outcome: 'locked'; readonly release: () => void } | FolderInUse;

/** Where processes mark that they use the folder. PostgreSQL ignores files that it does not know. */
const marksFolder = 'in-use';

/** The most attempts while another process tries as well, and the longest wait between two. */
const maxAttempts = 40;
const maxWaitMs = 50;

/** A process whose mark is this old has the folder, so another attempt is pointless. */
const settledMs = 1000;

/**
 * Locks a folder, which is created if it does not exist. The lock ends with the process, however that ends.
 *
 * Each process first puts a mark of its own into the folder, and then looks for marks of others. So of two processes that
 * start together at least one sees the other, and withdraws. Marks have unique names and belong to one process, so
 * removing the mark of a dead process never removes that of a live one.
 *
 * In one process, an ORM shares the folder with the app that has locked it, and with no other ORM.
 */
export function lockFolder(folder: string, holder: FolderHolder): FolderLock {
  const marks = join(folder, marksFolder);
  mkdirSync(marks, { recursive: true, mode: 0o700 });
  const self: FolderOwner = {
    ...identifyThisProcess(),
    program: basename(process.argv[1] ?? process.execPath),
    holder,
    since: new Date().toISOString(),
  };
  for (let attempt = 1; ; attempt += 1) {
    const mark = putMark(marks, self);
    const other = findOther(marks, mark, self);
    if (other === null) return { outcome: 'locked', release: releaseAtExit(mark) };
    rmSync(mark, { force: true });
    const isSettled = other.liveness === 'this process' || Date.now() - Date.parse(other.owner.since) > settledMs;
    if (isSettled || attempt === maxAttempts) return { outcome: 'in use', ...other, marks };
    waitAtRandom();
  }
}

/** Others see the mark only when it is complete. */
function putMark(marks: string, self: FolderOwner): string {
  const path = join(marks, `${self.pid}-${randomUUID()}`);
  writeFileSync(`${path}.new`, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  renameSync(`${path}.new`, `${path}.json`);
  return `${path}.json`;
}

/** Finds what else uses the folder, and removes the marks of processes that have ended. */
function findOther(marks: string, own: string, self: FolderOwner): Pick<FolderInUse, 'owner' | 'liveness'> | null {
  for (const name of readdirSync(marks)) {
    const path = join(marks, name);
    if (path === own || !name.endsWith('.json')) continue;
    const owner = readMark(path);
    const liveness = owner === null ? 'dead' : livenessOf(owner, self);
    if (owner === null || liveness === 'dead') rmSync(path, { force: true });
    else if (liveness !== 'this process' || !isSharedBy(owner, self)) return { owner, liveness };
  }
  return null;
}

function isSharedBy(owner: FolderOwner, self: FolderOwner): boolean {
  return owner.holder === 'app' && self.holder === 'orm';
}

/** `null`: it was removed meanwhile, or the machine crashed before it was on the disk. */
function readMark(path: string): FolderOwner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FolderOwner;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function releaseAtExit(mark: string): () => void {
  const release = () => {
    process.off('exit', release);
    rmSync(mark, { force: true });
  };
  process.once('exit', release);
  return release;
}

function waitAtRandom(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * maxWaitMs);
}
