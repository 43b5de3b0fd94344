import { DurinUsageError } from '../../errors.ts';
import { describeOwner } from './describe-owner.ts';
import { lockFolder } from './folder-lock.ts';
import { folderOf } from './pglite-data-dir.ts';

/** A PGlite folder that no other process opens. */
export interface PgliteFolder {
  /** As it was passed: the `dbName` of the ORM. */
  readonly folder: string;
  /**
   * Unlocks the folder. Call it after `orm.close()`, or leave it to the end of the process. While a durin's ORM has the
   * folder open, it stays locked.
   */
  release(): void;
}

/**
 * Locks a PGlite folder, so that no other process opens it: two processes on one folder destroy the database. Creates the
 * folder if it does not exist. The command line `trpc-durin` respects the lock.
 *
 * The lock ends with the process, also if that is killed: the mark that it leaves in `<folder>/in-use` is recognised as
 * that of a dead process, and removed.
 *
 * @param folder a path. Names of databases in memory, such as `'memory://'`, are returned without a lock
 * @throws DurinUsageError naming the process that uses the folder
 * @example
 * const { folder } = lockPgliteFolder('./data');
 * const orm = await MikroORM.init({ entities: [User, Client, AuthToken], dbName: folder });
 */
export function lockPgliteFolder(folder: string): PgliteFolder {
  const path = folderOf(folder);
  if (path === null) return { folder, release() {} };
  const lock = lockFolder(path, 'app');
  if (lock.outcome === 'in use') throw new DurinUsageError(describeOwner(path, lock));
  return { folder, release: lock.release };
}
