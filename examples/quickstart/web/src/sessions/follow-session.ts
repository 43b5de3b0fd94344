import type { QueryClient } from '@tanstack/react-query';
import type { Snapshot } from 'trpc-durin/client';

interface FollowedAuth {
  /** Without a user: as another version of the page may have stored it. */
  readonly getSnapshot: () => Snapshot<{ readonly user?: { readonly id: number } }>;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Keeps the query cache true: one user's is not the next one's, and after a refresh all says another time that is left. */
export function followSession(auth: FollowedAuth, queryClient: QueryClient): void {
  const userId = () => {
    const session = auth.getSnapshot();
    return session.status === 'signed-in' ? session.user?.id : null;
  };
  let known = userId();
  auth.subscribe(() => {
    if (userId() === known) void queryClient.invalidateQueries();
    else queryClient.clear();
    known = userId();
  });
}
