import type { MikroORM } from '@mikro-orm/core';
import { DurinError, DurinUsageError } from '../../errors.ts';
import { describeOwner } from './describe-owner.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { folderOf } from './pglite-data-dir.ts';

/** The part of an ORM's connection that is used. */
interface PgliteConnection {
  close(force?: boolean): Promise<void>;
  [holdsFolder]?: boolean;
}

/** Marks a connection that has locked its folder. All copies of the package in a process see the mark. */
const holdsFolder = Symbol.for('trpc-durin.holds-folder');

/**
 * Creates the function that is called before each statement. It locks the folder of an ORM on PGlite until the ORM closes
 * its connection, or the process ends. All durins on the ORM share the lock. On a PostgreSQL server it does nothing.
 *
 * The function throws DurinError STORE_UNAVAILABLE, whose cause names the process or the ORM that uses the folder.
 */
export function createFolderClaim(orm: MikroORM): () => void {
  const folder = pgliteFolderOf(orm);

  return function claimFolder() {
    if (folder === null) return;
    const connection: PgliteConnection = orm.em.getDriver().getConnection('write');
    if (connection[holdsFolder]) return;
    const lock = tryToLock(folder);
    if (lock.outcome === 'in use') {
      throw new DurinError('STORE_UNAVAILABLE', { cause: new DurinUsageError(describeOwner(folder, lock)) });
    }
    connection[holdsFolder] = true;
    releaseOnClose(connection, lock.release);
  };
}

/** Replaces the connection's `close` until it is called. MikroORM has no event for it, and PGlite neither. */
function releaseOnClose(connection: PgliteConnection, release: () => void): void {
  const { close } = connection;
  connection.close = async function closeAndRelease(force) {
    await close.call(connection, force);
    connection.close = close;
    connection[holdsFolder] = false;
    release();
  };
}

/** What the file system refuses is for the server's log, as it contains the path. */
function tryToLock(folder: string): FolderLock {
  try {
    return lockFolder(folder, 'orm');
  } catch (cause) {
    throw new DurinError('STORE_UNAVAILABLE', { cause });
  }
}

/** The part of PGlite's platform that PostgreSQL's lacks: minifiers change the names of classes. */
interface SqlPlatform {
  supportsMultipleStatements?(): boolean;
}

/** `null`: the database is not PGlite's, not in a folder, or opened by the app's own function or instance. */
function pgliteFolderOf(orm: MikroORM): string | null {
  const platform: SqlPlatform = orm.em.getPlatform();
  const options: object = orm.config.get('driverOptions');
  const isPlain = Object.getPrototypeOf(options) === Object.prototype;
  if (platform.supportsMultipleStatements?.() !== false || !isPlain || 'pglite' in options) return null;
  const dataDir = 'dataDir' in options ? options.dataDir : orm.config.get('dbName');
  return typeof dataDir === 'string' ? folderOf(dataDir) : null;
}
