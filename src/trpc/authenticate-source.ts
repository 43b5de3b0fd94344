import type { Credentials } from '../request/authorization.ts';
import { type DurinContext, DurinRequest, type RequestSettings } from '../request/durin-request.ts';
import type { HeaderSource } from '../request/headers.ts';
import type { SessionRecord } from '../session.ts';
import type { Authenticate } from '../tokens/authenticate.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import type { Denials } from './denials.ts';
import { presentedCredentials, type RequestState } from './request-state.ts';

/** A fetch or Node request, headers, a token, or `ctx.durin`. */
export type AuthSource = string | DurinRequest | HeaderSource | { readonly headers: HeaderSource };

/**
 * Resolves the session of a caller that calls no procedure, and records its use.
 * @throws DurinError the 401 codes, STORE_UNAVAILABLE
 */
export type AuthenticateSource = (source: AuthSource) => Promise<SessionRecord>;

export interface AuthenticateSourceDeps {
  readonly authenticate: Authenticate;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly lastUsed: LastUsed;
  readonly denials: Denials;
  /** The schemes of the Authorization header that are read. */
  readonly schemes: readonly string[];
  readonly requestSettings: RequestSettings;
}

export function createAuthenticateSource(deps: AuthenticateSourceDeps): AuthenticateSource {
  const { authenticate, stateOf, lastUsed, denials, schemes, requestSettings } = deps;

  function resolve(source: AuthSource, request: DurinRequest): Promise<SessionRecord> {
    if (source instanceof DurinRequest) return stateOf({ durin: source }).resolveSessionUncached();
    return authenticate(credentialsOf(source, request, schemes));
  }

  return async function authenticateSource(source) {
    const request = source instanceof DurinRequest ? source : toRequest(source, requestSettings);
    try {
      const record = await resolve(source, request);
      lastUsed.recordUse(record, request);
      return record;
    } catch (error) {
      denials.report(error, { path: null, origin: request, session: null });
      throw error;
    }
  };
}

/** A source that is not an object, such as a missing header, has no origin. */
function toRequest(source: Exclude<AuthSource, DurinRequest>, settings: RequestSettings): DurinRequest {
  const isRequest =
    typeof source === 'object' && source !== null && 'headers' in source && typeof source.headers === 'object';
  return DurinRequest.fromAdapter({ req: isRequest ? source : { headers: source } }, settings);
}

function credentialsOf(source: AuthSource, request: DurinRequest, schemes: readonly string[]): Credentials {
  return typeof source === 'string' ? { kind: 'token', token: source } : presentedCredentials(request, schemes);
}
