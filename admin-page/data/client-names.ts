import { queryOptions } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

const limit = 1000;

/** All clients' names, to choose from. */
export const clientNames = queryOptions({
  queryKey: ['client-names'],
  async queryFn(): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const after = names.at(-1);
      const more = await trpc.admin.clients.names.query({ limit, ...(after !== undefined && { after }) });
      names.push(...more);
      if (more.length < limit) return names;
    }
  },
});
