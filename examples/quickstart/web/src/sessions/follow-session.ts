import type { QueryClient } from '@tanstack/react-query';
import type { Snapshot } from 'trpc-durin/client';

interface FollowedAuth {
  /** `user` is optional, because another version of the page may have stored the session without it. */
  readonly getSnapshot: () => Snapshot<{ readonly user?: { readonly id: number } }>;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Clears the query cache when the user changes, and reloads it when the session changes, as after a refresh. */
export function followSession(auth: FollowedAuth, queryClient: QueryClient): void {
  const userId = () => {
    const session = auth.getSnapshot();
    return session.status === 'signed-in' ? session.user?.id : null;
  };
  let lastUserId = userId();
  auth.subscribe(() => {
    if (userId() === lastUserId) void queryClient.invalidateQueries();
    else queryClient.clear();
    lastUserId = userId();
  });
}
