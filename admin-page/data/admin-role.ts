import { queryOptions, useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

const whoami = queryOptions({
  queryKey: ['whoami'],
  queryFn: () => trpc.admin.whoami.query(),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the admin may change anything. The server refuses it anyway; the page leaves out what would be refused. */
export function useMayChange(): boolean {
  const { data } = useQuery(whoami);
  return data?.role !== 'read';
}
