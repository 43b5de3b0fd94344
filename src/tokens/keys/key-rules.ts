import type { Network } from '../../request/allowed-networks.ts';
import type { Quota } from '../../values/rate.ts';

/** The option `keys` of a client, parsed. It is code and not data: no column of the client has it. */
export interface KeyRules {
  readonly clientName: string;
  /** The keys that a user may have. */
  readonly max: number;
  /** The lifetime of a key that is created without one; `null`: it never expires; `undefined`: that of the client's tokens. */
  readonly ttlSeconds: number | null | undefined;
  /** The longest lifetime of a key that its user creates or rolls; `null`: any. */
  readonly maxTtlSeconds: number | null;
  /** How old a login or reauthentication may be to create or roll a key; `null`: any age. */
  readonly freshSeconds: number | null;
  /** Whether sessions of this client may use `keys.*`. */
  readonly mayManage: (clientName: string) => boolean;
  /** Whether a key reaches what its user reaches. Otherwise only guards that name scopes it holds. */
  readonly hasFullAccess: boolean;
  /** For the calls of each key, besides the client's own; `null`: no limit. */
  readonly quota: Quota | null;
  /** Where a user's keys may be used; `null`: anywhere. */
  readonly networksOf: ((userRow: object) => readonly Network[]) | null;
  /** Whether that depends on the user's columns. */
  readonly readsUser: boolean;
}

/** The rules of all clients with `keys`. */
export interface KeyClients {
  readonly names: readonly string[];
  /** `null`: the tokens of this client are no keys. */
  rulesOf(clientName: string): KeyRules | null;
}

export function createKeyClients(all: readonly KeyRules[]): KeyClients {
  const byName = new Map(all.map((rules) => [rules.clientName, rules]));
  return {
    names: [...byName.keys()],
    rulesOf: (clientName) => (byName.size === 0 ? null : (byName.get(clientName) ?? null)),
  };
}
