import { homedir } from 'node:os';
import { join } from 'node:path';
import { createDurinClient } from 'trpc-durin/client';
import { fileStorage } from 'trpc-durin/client/node';
import type { AppRouter } from './api.ts';

export type Connection = ReturnType<typeof connect>;

/** Creates the typed client of a server, with the session that is stored for it. */
export function connect(url: string, env: NodeJS.ProcessEnv) {
  const file = join(configFolder(env), 'durin-quickstart', 'sessions.json');
  let storageError: Error | undefined;
  const { trpc, auth } = createDurinClient<AppRouter>({
    url: `${url}/trpc`,
    path: 'auth',
    client: 'cli',
    storage: fileStorage(file),
    storageKey: url, // one session per server: a token is never sent to another server
    onStorageError(error) {
      storageError = error instanceof Error ? error : new Error(String(error));
    },
  });
  return {
    trpc,
    auth,
    url,
    /** @throws if the session file could not be read or written: the session is then unknown, or lost on exit */
    assertStored(): void {
      if (!storageError) return;
      throw new Error(`The session cannot be stored in ${file}: ${storageError.message}`, { cause: storageError });
    },
  };
}

/** The folder for the configuration of the user's programs. */
function configFolder(env: NodeJS.ProcessEnv): string {
  return env['XDG_CONFIG_HOME'] || env['APPDATA'] || join(homedir(), '.config');
}
