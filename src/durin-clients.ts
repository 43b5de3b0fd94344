import type { ClientRecord, ClientStore, ClientValues } from './database/client-store.ts';
import type { BoundedByTimeout } from './database/database-timeout.ts';
import type { TokenIdentity } from './database/token-store.ts';
import { DurinUsageError } from './errors.ts';
import type { TokenRevoker } from './tokens/revoke-tokens.ts';
import { assertValidClient } from './values/client-fields.ts';
import { type Duration, parseDuration } from './values/duration.ts';
import type { Rate } from './values/rate.ts';

/** The client that is to be changed does not exist. */
export class UnknownClientError extends DurinUsageError {
  constructor(name: string) {
    super(`name: There is no client named ${JSON.stringify(name)}.`);
  }
}

/** The fields of a client, as an app writes them. */
export interface ClientInput {
  /** 1 to 64 characters, compared with case. */
  name: string;
  /** Lifetime of its tokens; `null`: they never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl?: Duration | null | undefined;
  /** Calls per user, such as `'100/m'`. Default: `null`, the option `throttle.rate`. */
  throttleRate?: Rate | null | undefined;
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
   * @throws DurinUsageError naming the field that is wrong, also for a client that does not exist
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
   * Creates the clients of the option `clients` that do not exist yet. Existing rows are left alone.
   * @returns the clients that were created
   */
  sync(): Promise<ClientRecord[]>;
}

export interface DurinClientsDeps {
  readonly clientStore: ClientStore;
  readonly revoker: Pick<TokenRevoker, 'emitRevoked'>;
  readonly clients: readonly ClientValues[];
  readonly defaultTtlSeconds: number;
}

export function createDurinClients(deps: DurinClientsDeps): DurinClients {
  const { clientStore, revoker, clients, defaultTtlSeconds } = deps;
  return {
    async create({ name, tokenTtl, throttleRate }) {
      if (name === undefined) throw new DurinUsageError('name: This field is required.');
      const values = { name, tokenTtl: secondsOf(tokenTtl) ?? null, throttleRate: throttleRate ?? null };
      if (tokenTtl === undefined) values.tokenTtl = defaultTtlSeconds;
      assertValidClient(values);
      return clientStore.create(values);
    },

    async update(name, { name: newName, tokenTtl, throttleRate }) {
      const changes: Partial<ClientValues> = {};
      const seconds = secondsOf(tokenTtl);
      if (newName !== undefined) changes.name = newName;
      if (seconds !== undefined) changes.tokenTtl = seconds;
      if (throttleRate !== undefined) changes.throttleRate = throttleRate;
      assertValidClient(changes);
      const updated = await clientStore.update(name, changes);
      if (updated === null) throw new UnknownClientError(name);
      return updated;
    },

    async delete(name) {
      return (await deleteClient(name, { clientStore, revoker })) !== null;
    },

    list: () => clientStore.list(),
    sync: () => clientStore.createMissing(clients),
  };
}

/** The same functions, each bounded by the database timeout. */
export function boundDurinClients(clients: DurinClients, bounded: BoundedByTimeout): DurinClients {
  return {
    create: (client) => bounded(() => clients.create(client)),
    update: (name, changes) => bounded(() => clients.update(name, changes)),
    delete: (name) => bounded(() => clients.delete(name)),
    list: () => bounded(() => clients.list()),
    sync: () => bounded(() => clients.sync()),
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

function secondsOf(tokenTtl: Duration | null | undefined): number | null | undefined {
  return tokenTtl === undefined || tokenTtl === null ? tokenTtl : parseDuration(tokenTtl, 'tokenTtl');
}
