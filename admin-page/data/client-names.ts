import { queryOptions } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

const perPage = 100;

/** All clients' names, to choose from. */
export const clientNames = queryOptions({
  queryKey: ['client-names'],
  async queryFn(): Promise<string[]> {
    const names: string[] = [];
    for (let page = 1; ; page += 1) {
      const { items, total } = await trpc.admin.clients.list.query({ page, perPage });
      names.push(...items.map(({ name }) => name));
      if (items.length < perPage || names.length >= total) return names;
    }
  },
});
