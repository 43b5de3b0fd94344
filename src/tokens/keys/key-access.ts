import { isMarkedKey } from '../../database/tokens/token-id.ts';
import { DurinError } from '../../errors.ts';
import { isInNetworks } from '../../request/allowed-networks.ts';
import type { SessionRecord } from '../../session.ts';
import type { Quota } from '../../values/rate.ts';
import type { KeyClients } from './key-rules.ts';

/**
 * What a call reaches:
 * - `scopes`: a guard that names scopes, which the caller holds
 * - `everything`: a guard that names none, or a route of the app
 * - `account`: the auth router
 * - `renewal`: a longer life of the caller's own token
 * - `logout`: the end of the caller's own token
 */
export type Reach = 'scopes' | 'everything' | 'account' | 'renewal' | 'logout';

/**
 * Refuses keys where they may not be used. Fails closed: what a key may reach is named, and the rest is refused. A key whose
 * client has no `keys` here can log out alone: the client may have been renamed, or another durin has its rules.
 */
export interface KeyAccess {
  /**
   * Returns NETWORK_NOT_ALLOWED, INSUFFICIENT_SCOPE or CLIENT_NOT_ALLOWED; `null`: the session may make the call, or is no key.
   * @throws TRPCError what `allowedNetworks` threw, or INTERNAL_SERVER_ERROR, also if it returned no list of networks
   */
  refusalOf(
    session: Pick<SessionRecord, 'id' | 'client' | 'userRow'>,
    ipAddress: string | null,
    reach: Reach,
  ): DurinError | null;
  /** The rate of each key; `null`: none, or the session is no key. */
  quotaOf(session: Pick<SessionRecord, 'client'>): Quota | null;
}

export function createKeyAccess({ rulesOf }: Pick<KeyClients, 'rulesOf'>): KeyAccess {
  return {
    quotaOf: ({ client }) => rulesOf(client.name)?.quota ?? null,
    refusalOf({ id, client, userRow }, ipAddress, reach) {
      const rules = rulesOf(client.name);
      if (rules === null) return isMarkedKey(id) ? refusalWithoutRules(reach) : null;
      const { networksOf, hasFullAccess } = rules;
      if (networksOf !== null && !isInNetworks(ipAddress, networksOf(userRow)))
        return new DurinError('NETWORK_NOT_ALLOWED');
      if (reach === 'renewal') return new DurinError('CLIENT_NOT_ALLOWED'); // its expiry was agreed when it was created
      return hasFullAccess ? null : refusalWithoutFullAccess(reach);
    },
  };
}

function refusalWithoutRules(reach: Reach): DurinError | null {
  return reach === 'logout' ? null : new DurinError('CLIENT_NOT_ALLOWED');
}

function refusalWithoutFullAccess(reach: Exclude<Reach, 'renewal'>): DurinError | null {
  switch (reach) {
    case 'scopes':
    case 'logout':
      return null;
    case 'everything':
      return new DurinError('INSUFFICIENT_SCOPE', { missing: [] });
    case 'account':
      return new DurinError('CLIENT_NOT_ALLOWED');
  }
}
