import type { inferRouterOutputs } from '@trpc/server';
import type { GetListParams, Identifier } from 'react-admin';
import type { ClientCreateInput, ClientListInput, ClientUpdateInput } from '../../src/admin/admin-inputs.ts';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { trpc } from '../connection.ts';
import { lifetimeFromText, lifetimeToText } from '../text/lifetime.ts';
import { clientIdOf, clientNameOf } from './client-id.ts';
import type { ResourceCalls } from './resource-calls.ts';

export type ClientRow = inferRouterOutputs<AdminPageRouter>['admin']['clients']['list']['items'][number];

/** A client in the page. Its id is its encoded name, because the router identifies clients by name. */
export interface ClientRecord extends Omit<ClientRow, 'id'> {
  id: string;
  /** `tokenTtl` as the form shows it: `14d`, `never`. */
  lifetime: string;
  /** `idleTtl` as the form shows it. */
  idleTime: string;
  /** `maxLifetime` as the form shows it. */
  longestLife: string;
}

/** The values of the client form. */
export interface ClientFormValues {
  name?: string | null;
  lifetime?: string | null;
  throttleRate?: string | null;
  maxSessions?: number | null;
  atLimit?: ClientRow['atLimit'];
  idleTime?: string | null;
  longestLife?: string | null;
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

  async create({ name, lifetime, throttleRate, maxSessions, atLimit, idleTime, longestLife }) {
    const created = await trpc.admin.clients.create.mutate({
      name: nameFrom(name),
      tokenTtl: lifetimeFromText(lifetime) as Lifetime | undefined,
      throttleRate: rateFrom(throttleRate),
      maxSessions: maxSessions ?? undefined,
      atLimit,
      idleTtl: lifetimeFromText(idleTime) as Lifetime | undefined,
      maxLifetime: lifetimeFromText(longestLife) as Lifetime | undefined,
    });
    return toRecord(created);
  },

  async update(id, values, previous) {
    const { name, lifetime, throttleRate, maxSessions, atLimit, idleTime, longestLife } = values;
    const changes: ClientUpdateInput['changes'] = {};
    if (name !== previous.name) changes.name = nameFrom(name);
    if (throttleRate !== previous.throttleRate) changes.throttleRate = rateFrom(throttleRate);
    if (lifetime !== previous.lifetime) changes.tokenTtl = changedLifetime(lifetime);
    if (maxSessions !== previous.maxSessions) changes.maxSessions = maxSessions ?? 0; // the server refuses an empty field
    if (atLimit !== previous.atLimit) changes.atLimit = atLimit;
    if (idleTime !== previous.idleTime) changes.idleTtl = changedLifetime(idleTime);
    if (longestLife !== previous.longestLife) changes.maxLifetime = changedLifetime(longestLife);
    const updated = await trpc.admin.clients.update.mutate({ name: nameOf(id), changes });
    return { ...toRecord(updated), id: String(id) }; // the open form keeps its id until the list is loaded again
  },

  async delete(id) {
    await trpc.admin.clients.delete.mutate({ name: nameOf(id) });
  },
};

const nameOf = (id: Identifier) => clientNameOf(String(id));

function toRecord(row: ClientRow): ClientRecord {
  return {
    ...row,
    id: clientIdOf(row.name),
    lifetime: lifetimeToText(row.tokenTtl),
    idleTime: lifetimeToText(row.idleTtl),
    longestLife: lifetimeToText(row.maxLifetime),
  };
}

// The server validates the texts, so they are only trimmed.

function nameFrom(typed: string | null | undefined): string {
  return typed?.trim() ?? '';
}

/** An empty field is invalid here: omitting it would keep the old lifetime. */
function changedLifetime(typed: string | null | undefined): Lifetime {
  const lifetime = lifetimeFromText(typed);
  return (lifetime === undefined ? '' : lifetime) as Lifetime;
}

function rateFrom(typed: string | null | undefined): ClientCreateInput['throttleRate'] {
  return (typed?.trim() || null) as ClientCreateInput['throttleRate'];
}
