import { api, queryClient } from '../app/connection.ts';

/** Reloads the sessions and the API key, which is one of them. */
export async function reloadSessions(): Promise<void> {
  await queryClient.invalidateQueries(api.auth.pathFilter());
}
