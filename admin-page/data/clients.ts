import type { inferRouterOutputs } from '@trpc/server';
import type { GetListParams } from 'react-admin';
import type { ClientCreateInput, ClientListInput } from '../../src/admin/admin-inputs.ts';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { trpc } from '../connection.ts';
import { lifetimeFromText, lifetimeToText } from '../shell/lifetime.ts';
import type { ResourceCalls } from './resource-calls.ts';

export type ClientRow = inferRouterOutputs<AdminPageRouter>['admin']['clients']['list']['items'][number];

/** A client as the page has it: its name is its id, as the router knows it. */
export interface ClientRecord extends Omit<ClientRow, 'id'> {
  id: string;
  /** As it is edited. */
  lifetime: string;
}

/** What the form of a client holds. */
export interface ClientForm {
  name?: string | null;
  lifetime?: string | null;
  throttleRate?: string | null;
}

type Lifetime = Exclude<ClientCreateInput['tokenTtl'], undefined>;
type ListSort = NonNullable<ClientListInput>['sort'];

export const clients: ResourceCalls<ClientRecord, ClientForm> = {
  async getList({ pagination, sort, filter }: GetListParams) {
    const search = (filter as { search?: string } | undefined)?.search;
    const { items, total } = await trpc.admin.clients.list.query({
      page: pagination?.page,
      perPage: pagination?.perPage,
      ...(sort && { sort: sort.field as ListSort, order: sort.order === 'DESC' ? 'desc' : 'asc' }),
      ...(search && { search }),
    });
    return { data: items.map(toRecord), total };
  },

  getOne: async (name) => toRecord(await trpc.admin.clients.get.query({ name: String(name) })),
  create: async (form) => toRecord(await trpc.admin.clients.create.mutate(valuesOf(form))),
  async update(name, form) {
    const changes = valuesOf(form);
    // Left out, it would stay as it is, which is not what an emptied field says.
    if (changes.tokenTtl === undefined) changes.tokenTtl = '' as Lifetime;
    const updated = await trpc.admin.clients.update.mutate({ name: String(name), changes });
    return { ...toRecord(updated), id: String(name) }; // the form is still that of the old name; the list is read anew
  },
  async delete(name) {
    await trpc.admin.clients.delete.mutate({ name: String(name) });
  },
};

function toRecord(row: ClientRow): ClientRecord {
  return { ...row, id: row.name, lifetime: lifetimeToText(row.tokenTtl) };
}

/** The router judges what was typed, so texts go there as they are. */
function valuesOf({ name, lifetime, throttleRate }: ClientForm): ClientCreateInput {
  return {
    name: name ?? '',
    tokenTtl: lifetimeFromText(lifetime) as Lifetime | undefined,
    throttleRate: (throttleRate?.trim() || null) as ClientCreateInput['throttleRate'],
  };
}
