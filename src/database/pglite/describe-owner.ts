import type { FolderInUse, FolderOwner } from './folder-lock.ts';

/** One sentence or two: which process uses the folder, and what to do. */
export function describeOwner(folder: string, { owner, liveness, marks }: FolderInUse): string {
  const { pid, program, host } = owner;
  const since = sinceOf(owner);
  const rule = 'Only one process may open a PGlite folder.';
  switch (liveness) {
    case 'this process':
      if (owner.holder === 'orm') return describeOtherOrm(folder, owner);
      return `This process already uses ${folder}, ${since}. ${rule} Open it once, and release it before you open it again.`;
    case 'alive':
      return `Process ${pid} (${program}) uses ${folder}, ${since}. ${rule} Stop that one first.`;
    case 'unknown':
      return `Process ${pid} (${program}) on ${host} uses ${folder}, ${since}. ${rule} Stop that one first. If it has ended, delete ${marks}.`;
  }
}

function describeOtherOrm(folder: string, owner: FolderOwner): string {
  return `An ORM of this process has ${folder} open, ${sinceOf(owner)}. Only one ORM may open a PGlite folder. Share that one, or close it first.`;
}

function sinceOf({ since }: FolderOwner): string {
  return `since ${since.slice(0, 19).replace('T', ' ')} UTC`;
}
