import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder that only one process uses at a time: two processes on one PGlite database would lose data. */
export interface DataFolder {
  /** The path of a file or folder inside. */
  pathOf(name: string): string;
  /** Returns the secret, which is created on the first start. Only the file's owner can read it. */
  readSecret(): Promise<string>;
  release(): void;
}

export async function openDataFolder(folder: string): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = join(folder, 'in-use-by.pid');
  await takeLock(lock, folder);

  return {
    pathOf: (name) => join(folder, name),
    async readSecret() {
      const path = join(folder, 'secret');
      await createFile(path, randomBytes(32).toString('base64url'));
      return readFile(path, 'utf8');
    },
    release: () => rmSync(lock, { force: true }),
  };
}

async function takeLock(lock: string, folder: string): Promise<void> {
  if (await createFile(lock, String(process.pid))) return;
  const owner = Number(await readFile(lock, 'utf8'));
  if (owner !== process.pid && isRunning(owner)) {
    throw new Error(`Process ${owner} uses ${folder}. Stop it, choose another folder with --data, or delete ${lock}.`);
  }
  await writeFile(lock, String(process.pid)); // its owner has died
}

/** Creates a file unless it exists. Returns whether it was created. */
async function createFile(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
