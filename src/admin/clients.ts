import type { AdminStore } from '../database/admin/admin-store.ts';
import { ClientNameTakenError } from '../database/client-store.ts';
import { deleteClient, UnknownClientError } from '../durin-clients.ts';
import { DurinError } from '../errors.ts';
import type { ClientChanges } from '../events.ts';
import type { Internals } from '../internals.ts';
import {
  clientCreateInput,
  clientListInput,
  clientNameInput,
  clientNamesInput,
  clientUpdateInput,
} from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { ClientPage, ClientRow } from './admin-views.ts';
import type { TellAction } from './tell-action.ts';

export function createClientProcedures(
  { query, mutation }: AdminProcedures,
  { clients, clientStore, revoker }: Internals,
  store: AdminStore,
  tell: TellAction,
) {
  return {
    list: query.input(clientListInput).query(async function listClients({ input }): Promise<ClientPage> {
      const { search, sort, order, page, perPage } = input;
      const window = { offset: (page - 1) * perPage, limit: perPage };
      const found = await store.listClients({ search: search ?? null, sort, order, ...window });
      return { items: found.clients, total: found.total };
    }),

    /** To choose from: without their tokens, which take long to count where there are many. */
    names: query.input(clientNamesInput).query(async function listClientNames({ input }): Promise<string[]> {
      return store.listClientNames(input.after ?? null, input.limit);
    }),

    get: query.input(clientNameInput).query(async function getClient({ input }): Promise<ClientRow> {
      const client = await store.findClient(input.name);
      if (client === null) throw new DurinError('CLIENT_NOT_FOUND');
      return client;
    }),

    create: mutation.input(clientCreateInput).mutation(async function createClient({ ctx, input }): Promise<ClientRow> {
      const created = await naming('name', () => clients.create(input));
      tell(ctx.by, { action: 'client-created', client: created.name });
      return { ...created, tokens: 0 };
    }),

    update: mutation.input(clientUpdateInput).mutation(async function updateClient({ ctx, input }): Promise<ClientRow> {
      const { name, changes } = input;
      const updated = await naming('changes.name', () => clients.update(name, changes));
      const given = (Object.keys(changes) as (keyof ClientChanges)[]).filter((key) => changes[key] !== undefined);
      const made = Object.fromEntries(given.map((key) => [key, updated[key]])) as ClientChanges;
      if (given.length > 0) tell(ctx.by, { action: 'client-updated', client: name, changes: Object.freeze(made) });
      const counted = await store.findClient(updated.name);
      return { ...updated, tokens: counted?.tokens ?? 0 };
    }),

    delete: mutation.input(clientNameInput).mutation(async function deleteAClient({ ctx, input: { name } }) {
      const ended = await deleteClient(name, { clientStore, revoker });
      if (ended === null) throw new DurinError('CLIENT_NOT_FOUND');
      tell(ctx.by, { action: 'client-deleted', client: name, tokens: ended.length });
      return { tokens: ended.length };
    }),
  };
}

/** Tells the caller, at the field that the new name came in, that it is taken. */
async function naming<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClientNameTakenError) {
      throw new DurinError('CLIENT_EXISTS', { fields: { [field]: ['A client with that name already exists.'] } });
    }
    if (error instanceof UnknownClientError) throw new DurinError('CLIENT_NOT_FOUND');
    throw error;
  }
}
