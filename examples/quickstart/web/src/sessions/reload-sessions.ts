import { api, queryClient } from '../app/connection.ts';

/** Asks again for the sessions and the API key, which is one of them. */
export async function reloadSessions(): Promise<void> {
  await queryClient.invalidateQueries(api.auth.pathFilter());
}
