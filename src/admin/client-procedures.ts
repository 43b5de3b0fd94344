import type { AdminStore } from '../database/admin/admin-store.ts';
import { ClientNameTakenError } from '../database/client-store.ts';
import { deleteClient, RestrictedClientError, UnknownClientError } from '../durin/durin-clients.ts';
import type { Internals } from '../durin/internals.ts';
import { DurinError } from '../errors.ts';
import type { ClientChanges } from '../events.ts';
import {
  clientCreateInput,
  clientListInput,
  clientNameInput,
  clientNamesInput,
  clientUpdateInput,
} from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { ClientPage, ClientRow } from './admin-views.ts';
import type { EmitAdminAction } from './emit-admin-action.ts';

export function createClientProcedures(
  { query, mutation }: AdminProcedures,
  { clients, clientStore, revoker }: Internals,
  store: AdminStore,
  emitAdminAction: EmitAdminAction,
) {
  return {
    list: query.input(clientListInput).query(async function listClients({ input }): Promise<ClientPage> {
      const { search, sort, order, page, perPage } = input;
      const offset = (page - 1) * perPage;
      const found = await store.listClients({ search: search ?? null, sort, order, offset, limit: perPage });
      return { items: found.clients, total: found.total };
    }),

    /** Names only, for a select: counting the tokens of each client takes long in a large table. */
    names: query.input(clientNamesInput).query(async function listClientNames({ input }): Promise<string[]> {
      return store.listClientNames(input.after ?? null, input.limit);
    }),

    get: query.input(clientNameInput).query(async function getClient({ input }): Promise<ClientRow> {
      const client = await store.findClient(input.name);
      if (client === null) throw new DurinError('CLIENT_NOT_FOUND');
      return client;
    }),

    create: mutation.input(clientCreateInput).mutation(async function createClient({ ctx, input }): Promise<ClientRow> {
      const created = await translateErrors('name', () => clients.create(input));
      emitAdminAction(ctx.by, { action: 'client-created', client: created.name });
      return { ...created, tokens: 0 };
    }),

    update: mutation.input(clientUpdateInput).mutation(async function updateClient({ ctx, input }): Promise<ClientRow> {
      const { name, changes } = input;
      const updated = await translateErrors('changes.name', () => clients.update(name, changes));
      const given = (Object.keys(changes) as (keyof ClientChanges)[]).filter((key) => changes[key] !== undefined);
      const applied = Object.fromEntries(given.map((key) => [key, updated[key]])) as ClientChanges;
      if (given.length > 0)
        emitAdminAction(ctx.by, { action: 'client-updated', client: name, changes: Object.freeze(applied) });
      const counted = await store.findClient(updated.name);
      return { ...updated, tokens: counted?.tokens ?? 0 };
    }),

    delete: mutation.input(clientNameInput).mutation(async function deleteClientByName({ ctx, input: { name } }) {
      const ended = await deleteClient(name, { clientStore, revoker });
      if (ended === null) throw new DurinError('CLIENT_NOT_FOUND');
      emitAdminAction(ctx.by, { action: 'client-deleted', client: name, tokens: ended.length });
      return { tokens: ended.length };
    }),
  };
}

/**
 * Turns the errors of `durin.clients` into refusals.
 * @param nameField the input field with the new name, which refusals of the name refer to
 */
async function translateErrors<T>(nameField: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClientNameTakenError) {
      throw new DurinError('CLIENT_EXISTS', { fields: { [nameField]: ['A client with that name already exists.'] } });
    }
    if (error instanceof RestrictedClientError) {
      const sentence = 'This client has keys or scopes in the option clients, which name it.';
      throw new DurinError('INVALID_INPUT', { fields: { [nameField]: [sentence] } });
    }
    if (error instanceof UnknownClientError) throw new DurinError('CLIENT_NOT_FOUND');
    throw error;
  }
}
