import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder for the embedded database and the secret. */
export interface DataFolder {
  /** The folder of the embedded database. */
  readonly database: string;
  /** Returns the secret, which is created on the first start. Only the file's owner can read it. */
  readSecret(): Promise<string>;
}

export async function openDataFolder(folder: string): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    database: join(folder, 'database'),
    async readSecret() {
      const path = join(folder, 'secret');
      await createFile(path, randomBytes(32).toString('base64url'));
      return readFile(path, 'utf8');
    },
  };
}

/** Creates a file unless it exists. Nobody sees it before all of it is written. */
async function createFile(path: string, content: string): Promise<void> {
  const written = `${path}.${randomUUID()}`;
  await writeFile(written, content, { flag: 'wx', mode: 0o600 });
  try {
    await link(written, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(written);
  }
}
