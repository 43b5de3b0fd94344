import type { SessionRecord } from '../../session.ts';
import type { ActivateKey } from '../../tokens/keys/activate-key.ts';
import type { KeyAccess } from '../../tokens/keys/key-access.ts';
import type { LastUsed } from '../../tokens/last-used.ts';
import type { Denials } from '../denials.ts';
import type { AuthSource, OpenSource } from './auth-source.ts';
import type { ToAnswered } from './refused-answer.ts';

/**
 * Resolves the session of a caller that calls no procedure, and records its use. An API key needs full access.
 * @throws DurinError the 401 codes, CROSS_SITE, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED, STORE_UNAVAILABLE
 */
export type AuthenticateSource = (source: AuthSource) => Promise<SessionRecord>;

export interface AuthenticateSourceDeps {
  readonly openSource: OpenSource;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
  readonly lastUsed: LastUsed;
  readonly denials: Denials;
  readonly toAnswered: ToAnswered;
}

export function createAuthenticateSource(deps: AuthenticateSourceDeps): AuthenticateSource {
  const { openSource, keyAccess, activateKey, lastUsed, denials, toAnswered } = deps;

  return async function authenticateSource(source) {
    const { request, state, isChange } = openSource(source);
    let record: SessionRecord | null = null;
    try {
      record = state.recognizeSession(Infinity, isChange) ?? (await state.resolveSessionUncached(isChange));
      const refusal = keyAccess.refusalOf(record, request.ipAddress, 'everything');
      if (refusal !== null) throw refusal;
      if (record.replaces !== null) await activateKey(record, request);
    } catch (error) {
      denials.report(error, { path: null, origin: request, session: record });
      throw toAnswered(error, request);
    }
    lastUsed.recordUse(record, request);
    return record;
  };
}
