import type { MikroORM } from '@mikro-orm/core';
import { DurinError, DurinUsageError } from '../../errors.ts';
import { describeOwner } from '../../pglite/describe-owner.ts';
import { type FolderLock, lockFolder } from '../../pglite/folder-lock.ts';
import { folderOf } from '../../pglite/pglite-data-dir.ts';

/** The lock of the folder of an ORM on PGlite. On a PostgreSQL server it does nothing. */
export interface FolderClaim {
  /**
   * Locks the folder before a statement, unless this process has locked it.
   * @throws DurinError STORE_UNAVAILABLE whose cause names the process that uses the folder
   */
  claim(): void;
  release(): void;
}

export function createFolderClaim(orm: MikroORM): FolderClaim {
  const folder = pgliteFolderOf(orm);
  let isClaimed = folder === null;
  let unlock: (() => void) | null = null;

  return {
    claim() {
      if (isClaimed || folder === null) return;
      const lock = tryToLock(folder);
      if (lock.outcome === 'locked') unlock = lock.release;
      else if (lock.liveness !== 'this process') {
        throw new DurinError('STORE_UNAVAILABLE', { cause: new DurinUsageError(describeOwner(folder, lock)) });
      }
      isClaimed = true;
    },

    release() {
      unlock?.();
      unlock = null;
      isClaimed = folder === null;
    },
  };
}

/** What the file system refuses is for the server's log, as it contains the path. */
function tryToLock(folder: string): FolderLock {
  try {
    return lockFolder(folder);
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
