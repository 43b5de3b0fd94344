import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps the files of this folder in memory. */
const inMemory = '/dev/shm';
/** More than a run writes with its databases, browsers and installed packages, in bytes. */
const enough = 8e9;

/**
 * Creates a folder for what a run writes, and removes it when this process ends. It is in memory if there is room, because a new
 * database takes ten times as long on a disk.
 * @returns its path, or that of the system's folder
 */
export function createTemporaryFolder(): string {
  if (!existsSync(inMemory) || freemem() < enough) return tmpdir();
  const { bavail, bsize } = statfsSync(inMemory);
  if (bavail * bsize < enough) return tmpdir();
  const folder = join(inMemory, `durin-tests-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 }); // PostgreSQL, which runs as another user, has to enter it
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
