import type { inferRouterOutputs } from '@trpc/server';
import type { GetListParams, Identifier } from 'react-admin';
import type { ClientCreateInput, ClientListInput, ClientUpdateInput } from '../../src/admin/admin-inputs.ts';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { trpc } from '../connection.ts';
import { lifetimeFromText, lifetimeToText } from '../text/lifetime.ts';
import { clientIdOf, clientNameOf } from './client-id.ts';
import type { ResourceCalls } from './resource-calls.ts';

export type ClientRow = inferRouterOutputs<AdminPageRouter>['admin']['clients']['list']['items'][number];

/** A client as the page has it: its id stands for its name, by which the router knows it. */
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

  getOne: async (id) => toRecord(await trpc.admin.clients.get.query({ name: nameOf(id) })),

  async create({ name, lifetime, throttleRate }) {
    const tokenTtl = lifetimeFromText(lifetime) as Lifetime | undefined;
    const values = { name: nameFrom(name), tokenTtl, throttleRate: rateFrom(throttleRate) };
    return toRecord(await trpc.admin.clients.create.mutate(values));
  },

  async update(id, { name, lifetime, throttleRate }, before) {
    const changes: ClientUpdateInput['changes'] = {};
    if (name !== before.name) changes.name = nameFrom(name);
    if (throttleRate !== before.throttleRate) changes.throttleRate = rateFrom(throttleRate);
    if (lifetime !== before.lifetime) {
      const typed = lifetimeFromText(lifetime);
      // Left out, it would stay as it is, which is not what an emptied field says.
      changes.tokenTtl = (typed === undefined ? '' : typed) as Lifetime;
    }
    const updated = await trpc.admin.clients.update.mutate({ name: nameOf(id), changes });
    return { ...toRecord(updated), id: String(id) }; // the form is still that of the old name; the list is read anew
  },

  async delete(id) {
    await trpc.admin.clients.delete.mutate({ name: nameOf(id) });
  },
};

const nameOf = (id: Identifier) => clientNameOf(String(id));

function toRecord(row: ClientRow): ClientRecord {
  return { ...row, id: clientIdOf(row.name), lifetime: lifetimeToText(row.tokenTtl) };
}

// The router judges what was typed, so texts go there as they are, but for blanks around them, which nobody sees.

function nameFrom(typed: string | null | undefined): string {
  return typed?.trim() ?? '';
}

function rateFrom(typed: string | null | undefined): ClientCreateInput['throttleRate'] {
  return (typed?.trim() || null) as ClientCreateInput['throttleRate'];
}
