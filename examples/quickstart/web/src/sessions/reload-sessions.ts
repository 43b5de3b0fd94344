import { api, queryClient } from '../app/connection.ts';

/** Reloads the sessions and the API keys, which are some of them. */
export async function reloadSessions(): Promise<void> {
  await queryClient.invalidateQueries(api.auth.pathFilter());
}
