import { queryOptions, useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';
import { isNotAdmin } from './call-error.ts';
import { queryClient } from './query-client.ts';

/** The signed-in admin. */
export const whoami = queryOptions({
  queryKey: ['whoami'],
  queryFn: () => trpc.admin.whoami.query(),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the admin may do: change things, or only read; `null`: it is not known. */
export function useAdminRole(): 'admin' | 'read' | null {
  const { data } = useQuery(whoami);
  return data?.role ?? null;
}

/**
 * Asks for the role again after a call failed with NOT_ADMIN. Does nothing after another error.
 * @returns whether the user is no longer an admin. One who may only read now is. If nobody can be asked, it is not known: `false`
 */
export async function hasLostRole(error: unknown): Promise<boolean> {
  if (!isNotAdmin(error)) return false;
  try {
    await queryClient.fetchQuery({ ...whoami, staleTime: 0 });
    return false;
  } catch (refusal) {
    return isNotAdmin(refusal);
  }
}
