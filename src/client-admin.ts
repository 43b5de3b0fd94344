import type { ClientRecord, ClientStore, ClientValues } from './database/client-store.ts';
import { type Duration, parseDuration } from './duration.ts';
import { DurinUsageError } from './errors.ts';
import type { Rate } from './rate.ts';
import { refuseInvalidClient } from './refuse-invalid-client.ts';
import type { TokenRevoker } from './token-revoker.ts';

/** What a client can be given. */
export interface ClientInput {
  /** 1 to 64 characters, compared with case. */
  name: string;
  /** Lifetime of its tokens; `null`: they never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl?: Duration | null | undefined;
  /** Calls per user, such as `'100/m'`. Default: `null`, the option `throttle.rate`. */
  throttleRate?: Rate | null | undefined;
}

/** `durin.clients`: the API clients, as rows. */
export interface DurinClients {
  /** @throws DurinUsageError naming what is wrong, also for a name that is taken */
  create(client: ClientInput): Promise<ClientRecord>;
  /**
   * Changes what is given. Tokens keep their expiry until they are renewed.
   * @throws DurinUsageError naming what is wrong, also for a client that does not exist
   */
  update(name: string, changes: Partial<ClientInput>): Promise<ClientRecord>;
  /** Deletes the client and its tokens. Whether there was one. */
  delete(name: string): Promise<boolean>;
  /** By name. */
  list(): Promise<ClientRecord[]>;
  /** Creates those of the option `clients` that are missing, and gives them; leaves the others as they are. */
  sync(): Promise<ClientRecord[]>;
}

export interface ClientAdminParts {
  readonly clientStore: ClientStore;
  readonly revoker: TokenRevoker;
  readonly clients: readonly ClientValues[];
  readonly defaultTtlSeconds: number;
}

export function createClientAdmin({
  clientStore,
  revoker,
  clients,
  defaultTtlSeconds,
}: ClientAdminParts): DurinClients {
  return {
    async create({ name, tokenTtl, throttleRate }) {
      if (name === undefined) throw new DurinUsageError('name: This field is required.');
      const values = { name, tokenTtl: secondsOf(tokenTtl) ?? null, throttleRate: throttleRate ?? null };
      if (tokenTtl === undefined) values.tokenTtl = defaultTtlSeconds;
      refuseInvalidClient(values);
      return clientStore.create(values);
    },

    async update(name, { name: newName, tokenTtl, throttleRate }) {
      const changes: Partial<ClientValues> = {};
      const seconds = secondsOf(tokenTtl);
      if (newName !== undefined) changes.name = newName;
      if (seconds !== undefined) changes.tokenTtl = seconds;
      if (throttleRate !== undefined) changes.throttleRate = throttleRate;
      refuseInvalidClient(changes);
      const updated = await clientStore.update(name, changes);
      if (updated === null) throw new DurinUsageError(`name: There is no client named ${JSON.stringify(name)}.`);
      return updated;
    },

    async delete(name) {
      const deleted = await clientStore.delete(name);
      if (deleted === null) return false;
      revoker.tellRevoked(deleted.ended, 'client-deleted');
      return true;
    },

    list: () => clientStore.list(),
    sync: () => clientStore.createMissing(clients),
  };
}

function secondsOf(tokenTtl: Duration | null | undefined): number | null | undefined {
  return tokenTtl === undefined || tokenTtl === null ? tokenTtl : parseDuration(tokenTtl, 'tokenTtl');
}
