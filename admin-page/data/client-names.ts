import { queryOptions } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

const pageSize = 1000;

/** The names of all clients, for select fields. */
export const clientNames = queryOptions({
  queryKey: ['client-names'],
  async queryFn(): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const after = names.at(-1);
      const more = await trpc.admin.clients.names.query({ limit: pageSize, ...(after !== undefined && { after }) });
      names.push(...more);
      if (more.length < pageSize) return names;
    }
  },
});
