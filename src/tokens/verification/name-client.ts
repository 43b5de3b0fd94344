import type { DurinContext } from '../../request/durin-request.ts';
import type { SessionCookies } from '../../request/session-cookies.ts';
import { clientNameProblem } from '../../values/client-fields.ts';
import type { KeyClients } from '../keys/key-rules.ts';
import { type Refused, refused } from './refusal.ts';

export interface NamedClient {
  readonly outcome: 'named';
  readonly clientName: string;
}

/**
 * Names the client of a login. Nobody logs in to a client whose tokens are keys, nor to one with a session cookie from another
 * site's page: that would sign the user in as somebody else.
 * @param given the client's name as it was given, not yet checked
 */
export type NameClient = (given: unknown, ctx: DurinContext) => NamedClient | Refused;

export interface NameClientDeps {
  readonly keyClients: Pick<KeyClients, 'rulesOf'>;
  readonly sessionCookies: Pick<SessionCookies, 'refusalOfLogin'>;
}

export function createNameClient({ keyClients, sessionCookies }: NameClientDeps): NameClient {
  return function nameClient(given, ctx) {
    if (given === undefined || given === null || given === '') return refused('NO_CLIENT', null);
    if (typeof given !== 'string' || clientNameProblem(given) !== null) return refused('UNKNOWN_CLIENT', null);
    if (keyClients.rulesOf(given) !== null) return refused('CLIENT_NOT_ALLOWED', null);
    const refusal = sessionCookies.refusalOfLogin(given, ctx);
    return refusal === null ? { outcome: 'named', clientName: given } : refused(refusal, null);
  };
}
