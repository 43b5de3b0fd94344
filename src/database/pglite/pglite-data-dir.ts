/** The folder that PGlite's `dataDir` names; `null`: the data is in memory, or in a browser. */
export function folderOf(dataDir: string): string | null {
  if (dataDir.startsWith('file://')) return dataDir.slice('file://'.length);
  return dataDir === '' || /^(?:memory|idb|opfs-ahp):/.test(dataDir) ? null : dataDir;
}
