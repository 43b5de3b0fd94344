import type { QueryClient } from '@tanstack/react-query';
import type { auth as connectedAuth } from './connection.ts';

/** Empties the query cache when another user signs in, or this one out: what was fetched for one is not the other's. */
export function forgetOnChange(auth: typeof connectedAuth, queryClient: QueryClient): void {
  const userId = () => {
    const session = auth.getSnapshot();
    return session.status === 'signed-in' ? session.user.id : null;
  };
  let known = userId();
  auth.subscribe(() => {
    if (userId() === known) return;
    known = userId();
    queryClient.clear();
  });
}
