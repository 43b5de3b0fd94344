import { homedir } from 'node:os';
import { join } from 'node:path';
import { createDurinClient } from 'trpc-durin/client';
import { fileStorage } from 'trpc-durin/client/node';
import type { AppRouter } from '../quickstart/router.ts';

export type Connection = ReturnType<typeof connect>;

/** The typed client of a server, and the session that was kept for it. */
export function connect(url: string, env: NodeJS.ProcessEnv) {
  const file = join(configFolder(env), 'durin-quickstart', 'sessions.json');
  let storageError: Error | undefined;
  const { trpc, auth } = createDurinClient<AppRouter>({
    url: `${url}/trpc`,
    path: 'auth',
    client: 'cli',
    storage: fileStorage(file),
    storageKey: url, // so that no server is sent the token of another
    onStorageError(error) {
      storageError = error instanceof Error ? error : new Error(String(error));
    },
  });
  return {
    trpc,
    auth,
    url,
    /** @throws where the file cannot be read, or not be written: who is signed in is not known, or will not be next time */
    assertKept(): void {
      if (!storageError) return;
      throw new Error(`The session cannot be kept in ${file}: ${storageError.message}`, { cause: storageError });
    },
  };
}

/** Where programs keep what they know of their user. */
function configFolder(env: NodeJS.ProcessEnv): string {
  return env['XDG_CONFIG_HOME'] || env['APPDATA'] || join(homedir(), '.config');
}
