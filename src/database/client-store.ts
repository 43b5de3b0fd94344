import { DurinUsageError } from '../errors.ts';
import type { TokenIdentity } from './token-store.ts';

/** A client as it is stored. */
export interface ClientRecord {
  id: number;
  name: string;
  /** Seconds; `null`: its tokens never expire. */
  tokenTtl: number | null;
  throttleRate: string | null;
  created: Date;
}

/** What a client can be given, parsed and valid. What is left out of a change stays as it is. */
export interface ClientValues {
  name: string;
  tokenTtl: number | null;
  throttleRate: string | null;
}

/** A client's name that another client has. */
export class ClientNameTakenError extends DurinUsageError {
  constructor(name: string) {
    super(`name: A client named ${JSON.stringify(name)} already exists.`);
  }
}

/**
 * The port to `durin_client`. Each write is atomic. It takes values as they are: who calls it has parsed them.
 * @throws ClientNameTakenError from `create` and `update`
 */
export interface ClientStore {
  create(values: ClientValues): Promise<ClientRecord>;
  /** Creates those whose name is not taken, and gives them; leaves the others as they are. */
  createMissing(all: readonly ClientValues[]): Promise<ClientRecord[]>;
  /** `null`: no such client. */
  update(name: string, changes: Partial<ClientValues>): Promise<ClientRecord | null>;
  /** Deletes the client and its tokens, and tells which; `null`: no such client. */
  delete(name: string): Promise<{ readonly id: number; readonly ended: TokenIdentity[] } | null>;
  /** By name. */
  list(): Promise<ClientRecord[]>;
}
