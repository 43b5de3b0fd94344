import { DurinUsageError } from '../errors.ts';
import type { ClientValues } from '../values/client-fields.ts';
import type { TokenIdentity } from './token-store.ts';

/** A stored client. */
export interface ClientRecord extends ClientValues {
  id: number;
  created: Date;
}

/** Thrown if another client already has the name. */
export class ClientNameTakenError extends DurinUsageError {
  constructor(name: string) {
    super(`name: A client named ${JSON.stringify(name)} already exists.`);
  }
}

/**
 * The port to `durin_client`. Each write is atomic. Values are stored as given: callers parse them first.
 * @throws ClientNameTakenError from `create` and `update`
 */
export interface ClientStore {
  create(values: ClientValues): Promise<ClientRecord>;
  /** Creates the clients whose names are not taken, and returns those. Existing clients stay unchanged. */
  createMissing(all: readonly ClientValues[]): Promise<ClientRecord[]>;
  /** Sets the given fields. Returns `null` if there is no such client. */
  update(name: string, changes: Partial<ClientValues>): Promise<ClientRecord | null>;
  /** Deletes the client and its tokens, and returns the tokens as `ended`; `null` if there is no such client. */
  delete(name: string): Promise<{ readonly id: number; readonly ended: TokenIdentity[] } | null>;
  /** Returns all clients in the order of their names. */
  list(): Promise<ClientRecord[]>;
}
