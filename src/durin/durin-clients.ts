import type { ClientRecord, ClientStore } from '../database/client-store.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { TokenIdentity } from '../database/token-store.ts';
import { DurinUsageError } from '../errors.ts';
import type { KeyClients } from '../tokens/keys/key-rules.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import {
  type ClientField,
  type ClientFields,
  type ClientValues,
  type ConfiguredClient,
  clientDefaults,
  parseClientFields,
} from '../values/client-fields.ts';

/** The client that is to be changed does not exist. */
export class UnknownClientError extends DurinUsageError {
  constructor(name: string) {
    super(`name: There is no client named ${JSON.stringify(name)}.`);
  }
}

/** The option `clients` restricts the tokens of the client by its name, so that a new name would lift the restrictions. */
export class RestrictedClientError extends DurinUsageError {
  constructor(name: string) {
    super(`name: ${JSON.stringify(name)} cannot be renamed: the option clients has its keys or scopes by that name.`);
  }
}

/** The fields of a client, as an app writes them. */
export interface ClientInput extends ClientFields {}

/** Where the option `clients` and a stored client differ. */
export interface ClientDifference {
  readonly field: ClientField;
  /** The value in the database before `sync`. */
  readonly stored: ClientValues[ClientField];
  readonly configured: ClientValues[ClientField];
}

/** A client of the option `clients` that was created or updated, or that differs from its row. */
export interface SyncedClient extends ClientRecord {
  readonly outcome: 'created' | 'updated' | 'differs';
  /** Compares only the fields that the option names. Empty for a client that was created. */
  readonly differences: readonly ClientDifference[];
}

export interface SyncOptions {
  /**
   * Whether existing rows are set to the values of the option `clients`: all fields that it names, or only these. Default:
   * `false`, because an admin may have edited them.
   */
  update?: boolean | readonly Exclude<ClientField, 'name'>[] | undefined;
}

/** `durin.clients`: the API clients, as rows of the database. */
export interface DurinClients {
  /**
   * @throws DurinUsageError naming the field that is wrong, also for a name that is taken
   * @example await durin.clients.create({ name: 'partner', tokenTtl: '90d', throttleRate: '1000/h' });
   */
  create(client: ClientInput): Promise<ClientRecord>;
  /**
   * Changes the given fields. Tokens keep their expiry until they are renewed.
   * @throws DurinUsageError naming the field that is wrong, also for a client that does not exist, and for a new name of a
   *   client that has `keys` or `scopes` in the option `clients`
   */
  update(name: string, changes: { [K in keyof ClientInput]?: ClientInput[K] | undefined }): Promise<ClientRecord>;
  /**
   * Deletes the client and its tokens.
   * @returns whether there was such a client
   */
  delete(name: string): Promise<boolean>;
  /** Lists all clients, ordered by name. */
  list(): Promise<ClientRecord[]>;
  /**
   * Creates the clients of the option `clients` that do not exist yet. Existing rows are left alone, unless `update`
   * lists the fields to set.
   * @returns the clients that were created or updated, and those that differ from their row
   * @throws DurinUsageError for an `update` that is no field of a client
   * @example await durin.clients.sync({ update: ['maxSessions', 'idleTtl'] });
   */
  sync(options?: SyncOptions): Promise<SyncedClient[]>;
}

export interface DurinClientsDeps {
  readonly clientStore: ClientStore;
  readonly revoker: Pick<TokenRevoker, 'emitRevoked'>;
  /** The option `clients`. */
  readonly clients: readonly ConfiguredClient[];
  readonly keyClients: Pick<KeyClients, 'rulesOf'>;
  readonly scopes: Pick<SessionScopes, 'ceilingOf'>;
  readonly defaultTtlSeconds: number;
}

export function createDurinClients(deps: DurinClientsDeps): DurinClients {
  const { clientStore, revoker, clients, keyClients, scopes, defaultTtlSeconds } = deps;

  function isRestricted(name: string): boolean {
    return keyClients.rulesOf(name) !== null || scopes.ceilingOf(name) !== null;
  }

  return {
    async create(fields) {
      assertKnownFields(fields);
      if (fields.name === undefined) throw new DurinUsageError('name: This field is required.');
      const given = parseClientFields(fields);
      return clientStore.create({ tokenTtl: defaultTtlSeconds, ...clientDefaults, ...given, name: fields.name });
    },

    async update(name, changes) {
      assertKnownFields(changes);
      const values = parseClientFields(changes);
      if (values.name !== undefined && values.name !== name && isRestricted(name))
        throw new RestrictedClientError(name);
      const updated = await clientStore.update(name, values);
      if (updated === null) throw new UnknownClientError(name);
      return updated;
    },

    async delete(name) {
      return (await deleteClient(name, { clientStore, revoker })) !== null;
    },

    list: () => clientStore.list(),
    async sync({ update = false } = {}) {
      const updatable = fieldsToUpdate(update);
      const created = await clientStore.createMissing(clients.map(({ values }) => values));
      const stored = new Map((await clientStore.list()).map((client) => [client.name, client]));
      const isNew = new Set(created.map(({ name }) => name));
      const synced: SyncedClient[] = created.map((client) => ({ ...client, outcome: 'created', differences: [] }));
      for (const { given } of clients) {
        const client = stored.get(given.name ?? '');
        const differences = client === undefined || isNew.has(client.name) ? [] : differencesOf(client, given);
        if (client === undefined || differences.length === 0) continue;
        const changes = differences.filter(({ field }) => updatable.has(field));
        const values = Object.fromEntries(changes.map(({ field, configured }) => [field, configured]));
        const updated = changes.length === 0 ? null : await clientStore.update(client.name, values);
        synced.push({ ...(updated ?? client), outcome: updated === null ? 'differs' : 'updated', differences });
      }
      return synced;
    },
  };
}

/** The same functions, each bounded by the database timeout. */
export function boundDurinClients(clients: DurinClients, bounded: BoundedByTimeout): DurinClients {
  return {
    create: (client) => bounded(() => clients.create(client)),
    update: (name, changes) => bounded(() => clients.update(name, changes)),
    delete: (name) => bounded(() => clients.delete(name)),
    list: () => bounded(() => clients.list()),
    sync: (options) => bounded(() => clients.sync(options)),
  };
}

/**
 * Deletes a client, and emits the end of the tokens that were deleted with it.
 * @returns those tokens; `null`: there is no such client
 */
export async function deleteClient(
  name: string,
  { clientStore, revoker }: Pick<DurinClientsDeps, 'clientStore' | 'revoker'>,
): Promise<readonly TokenIdentity[] | null> {
  const deleted = await clientStore.delete(name);
  if (deleted === null) return null;
  revoker.emitRevoked(deleted.ended, 'client-deleted');
  return deleted.ended;
}

/** @throws DurinUsageError naming what is no field of a client */
function fieldsToUpdate(update: SyncOptions['update']): ReadonlySet<ClientField> {
  const all = Object.keys({ tokenTtl: true, ...clientDefaults }) as ClientField[];
  if (typeof update === 'boolean' || update === undefined) return new Set(update ? all : []);
  const wrong: unknown[] = Array.isArray(update) ? update.filter((field) => !all.includes(field)) : [update];
  if (wrong.length === 0) return new Set(update);
  const [first] = wrong;
  const written = typeof first === 'bigint' ? String(first) : JSON.stringify(first);
  throw new DurinUsageError(`update must be true, false or a list of ${all.join(', ')}: not ${written}`);
}

function differencesOf(stored: ClientRecord, given: Partial<ClientValues>): ClientDifference[] {
  const fields = Object.entries(given) as [ClientField, ClientValues[ClientField]][];
  return fields
    .filter(([field, configured]) => stored[field] !== configured)
    .map(([field, configured]) => ({ field, stored: stored[field], configured }));
}

/** @throws DurinUsageError naming what is no field of a client */
function assertKnownFields(fields: unknown): void {
  if (typeof fields !== 'object' || fields === null)
    throw new DurinUsageError('the fields of a client must be an object');
  const known = new Set(['name', 'tokenTtl', ...Object.keys(clientDefaults)]);
  const unknown = Object.keys(fields).find((field) => !known.has(field));
  if (unknown !== undefined) throw new DurinUsageError(`${unknown}: A client has no such field.`);
}
