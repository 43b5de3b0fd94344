import type { ClientRecord, ClientStore, ClientValues } from './database/client-store.ts';
import type { TokenIdentity } from './database/token-store.ts';
import { DurinUsageError } from './errors.ts';
import type { TokenRevoker } from './tokens/revoke-tokens.ts';
import { refuseInvalidClient } from './values/client-fields.ts';
import { type Duration, parseDuration } from './values/duration.ts';
import type { Rate } from './values/rate.ts';

/** A client that is to be changed, and is not there. */
export class UnknownClientError extends DurinUsageError {
  constructor(name: string) {
    super(`name: There is no client named ${JSON.stringify(name)}.`);
  }
}

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
  update(name: string, changes: { [K in keyof ClientInput]?: ClientInput[K] | undefined }): Promise<ClientRecord>;
  /** Deletes the client and its tokens. Whether there was one. */
  delete(name: string): Promise<boolean>;
  /** By name. */
  list(): Promise<ClientRecord[]>;
  /** Creates those of the option `clients` that are missing, and gives them; leaves the others as they are. */
  sync(): Promise<ClientRecord[]>;
}

export interface ClientAdminDeps {
  readonly clientStore: ClientStore;
  readonly revoker: TokenRevoker;
  readonly clients: readonly ClientValues[];
  readonly defaultTtlSeconds: number;
}

export function createClientAdmin({ clientStore, revoker, clients, defaultTtlSeconds }: ClientAdminDeps): DurinClients {
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

/** Deletes the client, and tells of the tokens that went with it; `null`: there is none. */
export async function deleteClient(
  name: string,
  { clientStore, revoker }: Pick<ClientAdminDeps, 'clientStore' | 'revoker'>,
): Promise<readonly TokenIdentity[] | null> {
  const deleted = await clientStore.delete(name);
  if (deleted === null) return null;
  revoker.tellRevoked(deleted.ended, 'client-deleted');
  return deleted.ended;
}

function secondsOf(tokenTtl: Duration | null | undefined): number | null | undefined {
  return tokenTtl === undefined || tokenTtl === null ? tokenTtl : parseDuration(tokenTtl, 'tokenTtl');
}
