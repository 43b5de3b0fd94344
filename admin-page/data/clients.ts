import type { inferRouterOutputs } from '@trpc/server';
import type { GetListParams, Identifier } from 'react-admin';
import type { ClientCreateInput, ClientListInput, ClientUpdateInput } from '../../src/admin/admin-inputs.ts';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { trpc } from '../connection.ts';
import { lifetimeFromText, lifetimeToText } from '../text/lifetime.ts';
import { clientIdOf, clientNameOf } from './client-id.ts';
import type { ResourceCalls } from './resource-calls.ts';

export type ClientRow = inferRouterOutputs<AdminPageRouter>['admin']['clients']['list']['items'][number];

/** A client in the page. Its id is its encoded name, since the router identifies clients by name. */
export interface ClientRecord extends Omit<ClientRow, 'id'> {
  id: string;
  /** `tokenTtl` as the form shows it: `14d`, `never`. */
  lifetime: string;
}

/** The values of the client form. */
export interface ClientFormValues {
  name?: string | null;
  lifetime?: string | null;
  throttleRate?: string | null;
}

type Lifetime = Exclude<ClientCreateInput['tokenTtl'], undefined>;
type ListSort = NonNullable<ClientListInput>['sort'];

export const clients: ResourceCalls<ClientRecord, ClientFormValues> = {
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

  getOne: async (id) => toRecord(await trpc.admin.clients.get.query({ name: nameOf(id) })),

  async create({ name, lifetime, throttleRate }) {
    const tokenTtl = lifetimeFromText(lifetime) as Lifetime | undefined;
    const values = { name: nameFrom(name), tokenTtl, throttleRate: rateFrom(throttleRate) };
    return toRecord(await trpc.admin.clients.create.mutate(values));
  },

  async update(id, { name, lifetime, throttleRate }, previous) {
    const changes: ClientUpdateInput['changes'] = {};
    if (name !== previous.name) changes.name = nameFrom(name);
    if (throttleRate !== previous.throttleRate) changes.throttleRate = rateFrom(throttleRate);
    if (lifetime !== previous.lifetime) {
      const typed = lifetimeFromText(lifetime);
      // An empty field is invalid here: omitting it would keep the old lifetime.
      changes.tokenTtl = (typed === undefined ? '' : typed) as Lifetime;
    }
    const updated = await trpc.admin.clients.update.mutate({ name: nameOf(id), changes });
    return { ...toRecord(updated), id: String(id) }; // the open form keeps its id until the list is loaded again
  },

  async delete(id) {
    await trpc.admin.clients.delete.mutate({ name: nameOf(id) });
  },
};

const nameOf = (id: Identifier) => clientNameOf(String(id));

function toRecord(row: ClientRow): ClientRecord {
  return { ...row, id: clientIdOf(row.name), lifetime: lifetimeToText(row.tokenTtl) };
}

// The server validates the texts, so they are only trimmed.

function nameFrom(typed: string | null | undefined): string {
  return typed?.trim() ?? '';
}

function rateFrom(typed: string | null | undefined): ClientCreateInput['throttleRate'] {
  return (typed?.trim() || null) as ClientCreateInput['throttleRate'];
}
