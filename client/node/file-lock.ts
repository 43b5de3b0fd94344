import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const pauseMs = 5;

/** A write takes some milliseconds: a lock that is older was left by a process that was killed. */
const staleMs = 5000;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Does the work while no other process does any at this path: the lock is a file beside it, which only one can create.
 * Waits for the others, without giving way to anything else in this process.
 */
export function withFileLock(path: string, work: () => void): void {
  const lock = `${path}.lock`;
  const owner = randomUUID();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  while (!create(lock, owner)) {
    if (isStale(lock)) withFileLock(lock, () => removeIfStale(lock));
    else Atomics.wait(sleeper, 0, 0, pauseMs);
  }
  try {
    work();
  } finally {
    release(lock, owner);
  }
}

function create(lock: string, owner: string): boolean {
  try {
    writeFileSync(lock, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** One who was stopped for so long that others took its lock for stale leaves theirs alone. */
function release(lock: string, owner: string): void {
  try {
    if (readFileSync(lock, 'utf8') === owner) rmSync(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** By one process at a time: the second would remove the lock that the first has made since. */
function removeIfStale(lock: string): void {
  if (isStale(lock)) rmSync(lock, { force: true });
}

function isStale(lock: string): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  return stats !== undefined && Math.abs(Date.now() - stats.mtimeMs) > staleMs; // a clock may have been put back
}
