import type { MikroORM } from '@mikro-orm/core';
import { DurinError, DurinUsageError } from '../../errors.ts';
import { describeOwner } from '../../pglite/describe-owner.ts';
import { lockFolder } from '../../pglite/folder-lock.ts';
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
  let unlock = () => {};

  return {
    claim() {
      if (isClaimed || folder === null) return;
      const lock = lockFolder(folder);
      if (lock.outcome === 'locked') unlock = lock.release;
      else if (lock.liveness !== 'this process') {
        throw new DurinError('STORE_UNAVAILABLE', { cause: new DurinUsageError(describeOwner(folder, lock)) });
      }
      isClaimed = true;
    },

    release() {
      unlock();
      isClaimed = folder === null;
    },
  };
}

/** The part of PGlite's platform that tells it from PostgreSQL's: minifiers change the names of classes. */
interface SqlPlatform {
  supportsMultipleStatements?(): boolean;
}

function pgliteFolderOf(orm: MikroORM): string | null {
  const platform: SqlPlatform = orm.em.getPlatform();
  if (platform.supportsMultipleStatements?.() !== false) return null;
  const { dataDir, pglite } = { dataDir: orm.config.get('dbName'), pglite: null, ...orm.config.get('driverOptions') };
  return pglite === null && typeof dataDir === 'string' ? folderOf(dataDir) : null;
}
