import type { CookieSettings } from '../request/cookie-settings.ts';
import { type DurinContext, DurinRequest, type RequestSettings } from '../request/durin-request.ts';
import type { HeaderSource } from '../request/headers.ts';
import type { SessionRecord } from '../session.ts';
import type { Authenticate } from '../tokens/authenticate.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import type { Denials } from './denials.ts';
import { presentedCredentials, siteRefusalOf } from './presented-credentials.ts';
import type { RequestState } from './request-state.ts';

/** A fetch or Node request, headers, a token, or `ctx.durin`. */
export type AuthSource = string | DurinRequest | HeaderSource | { readonly headers: HeaderSource };

/**
 * Resolves the session of a caller that calls no procedure, and records its use. An API key needs full access.
 * @throws DurinError the 401 codes, CROSS_SITE, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED, STORE_UNAVAILABLE
 */
export type AuthenticateSource = (source: AuthSource) => Promise<SessionRecord>;

export interface AuthenticateSourceDeps {
  readonly authenticate: Authenticate;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
  readonly lastUsed: LastUsed;
  readonly denials: Denials;
  /** The schemes of the Authorization header that are read. */
  readonly schemes: readonly string[];
  /** `null`: cookies are not read. */
  readonly cookies: CookieSettings | null;
  readonly requestSettings: RequestSettings;
}

export function createAuthenticateSource(deps: AuthenticateSourceDeps): AuthenticateSource {
  const { authenticate, stateOf, keyAccess, activateKey, lastUsed, denials, schemes, cookies, requestSettings } = deps;

  /** Where the method of a request is not known, it may change something. */
  async function resolve(source: AuthSource, request: DurinRequest): Promise<SessionRecord> {
    if (source instanceof DurinRequest) return stateOf({ durin: source }).resolveSessionUncached();
    if (typeof source === 'string') return authenticate({ kind: 'token', token: source });
    const presented = presentedCredentials(request, { schemes, cookieName: cookies?.name ?? null });
    const refusal = siteRefusalOf(request, presented, { cookies, isChange: DurinRequest.isRead(request) !== true });
    if (refusal !== null) throw refusal;
    return authenticate(presented.credentials);
  }

  return async function authenticateSource(source) {
    const request = source instanceof DurinRequest ? source : toRequest(source, requestSettings);
    let record: SessionRecord | null = null;
    try {
      record = await resolve(source, request);
      const refusal = keyAccess.refusalOf(record, request.ipAddress, 'everything');
      if (refusal !== null) throw refusal;
    } catch (error) {
      denials.report(error, { path: null, origin: request, session: record && toSessionOf(record) });
      throw error;
    }
    await activateKey(record);
    lastUsed.recordUse(record, request);
    return record;
  };
}

function toSessionOf({ id, userId, client }: SessionRecord) {
  return { id, userId, client: client.name };
}

/** A source that is not an object, such as a missing header, has no origin. */
function toRequest(source: Exclude<AuthSource, DurinRequest>, settings: RequestSettings): DurinRequest {
  const isRequest =
    typeof source === 'object' && source !== null && 'headers' in source && typeof source.headers === 'object';
  return DurinRequest.fromAdapter({ req: isRequest ? source : { headers: source } }, settings);
}
