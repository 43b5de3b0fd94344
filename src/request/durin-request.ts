import { DurinUsageError } from '../errors.ts';
import type { CallOrigin } from '../events.ts';
import type { Credentials } from './authorization.ts';
import { hasCalls, isFromUrl, isStreamedCall, servesOneRequest } from './call-info.ts';
import { type CallerOrigin, originOf } from './call-origin.ts';
import {
  credentialHeaders,
  type HeaderSource,
  headersOf,
  isHeaderName,
  propertyOf,
  readHeader,
  textOf,
} from './headers.ts';
import type { SiteClaims } from './judge-site.ts';
import { readSessionCookie } from './read-session-cookie.ts';
import { createResponseCookies, type ResponseCookies, type SetCookie } from './response-cookies.ts';
import { isRead, isUpgrade, siteClaimsOf } from './site-claims.ts';

/**
 * What tRPC's adapters pass to `createContext`: a `req` (standalone, Express, Fastify, fetch, WebSocket) or an `event`
 * (Lambda). Session cookies are set on `res` or `resHeaders`.
 */
export interface AdapterCall {
  req?: unknown;
  res?: unknown;
  resHeaders?: unknown;
  event?: unknown;
  info?: unknown;
  /** The caller's address, if the app knows it and the adapter does not, as on many fetch servers. */
  ipAddress?: string | null | undefined;
}

/** The same, or what an app passes itself. */
export interface RequestCall extends AdapterCall {
  readonly setCookie?: SetCookie | undefined;
}

export interface RequestSettings {
  /** The number of proxies whose X-Forwarded-For entries are trusted. */
  readonly trustProxy: number;
  /** Whether `connectionParams` are also read from a URL. Default: false. */
  readonly tokenInUrl?: boolean;
  /** The header that holds a bare token if there is no Authorization header, in lower case. Default: none. */
  readonly apiKeyHeader?: string | null;
}

/** The texts of a request that may hold its token. */
export interface Presented {
  /** The values of the Authorization header and of `connectionParams.authorization`, in this order. */
  readonly authorizations: readonly (string | null)[];
  /** The value of `apiKeyHeader`. `null` if there is an Authorization header. */
  readonly apiKey: string | null;
}

interface RequestFacts {
  readonly call: RequestCall;
  readonly trustProxy: number;
  readonly origin: CallerOrigin;
  readonly presented: Presented;
  readonly headers: HeaderSource | undefined;
  readonly apiKeyHeader: string | null;
  readonly isOneRequest: boolean;
  readonly isStreamed: boolean;
}

/** What one durin remembers about a request. Few requests meet two durins, and a Map takes 200 bytes. */
interface RememberedState {
  readonly durin: object;
  readonly state: object;
  readonly next: RememberedState | null;
}

/** What durin knows about a request: `ctx.durin`. Credentials are private fields, so logging a context reveals no token. */
export class DurinRequest implements CallOrigin {
  /** The caller's address, as far as `trustProxy` believes it. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly #call: RequestCall;
  readonly #trustProxy: number;
  readonly #connection: CallerOrigin['connection'];
  readonly #presented: Presented;
  readonly #headers: HeaderSource | undefined;
  readonly #apiKeyHeader: string | null;
  readonly #isOneRequest: boolean;
  readonly #isStreamed: boolean;
  /** `null`: no durin has remembered anything yet. */
  #states: RememberedState | null = null;
  /** `null`: nothing has asked for them yet. */
  #cookies: ResponseCookies | null = null;

  private constructor(facts: RequestFacts) {
    const { call, trustProxy, origin, presented, headers, apiKeyHeader, isOneRequest, isStreamed } = facts;
    this.#call = call;
    this.#trustProxy = trustProxy;
    this.ipAddress = origin.ipAddress;
    this.userAgent = origin.userAgent;
    this.#connection = origin.connection;
    this.#presented = presented;
    this.#headers = headers;
    this.#apiKeyHeader = apiKeyHeader;
    this.#isOneRequest = isOneRequest;
    this.#isStreamed = isStreamed;
  }

  /**
   * Returns a header of the request; `null` if there is none. It is the caller's claim. On a WebSocket, the request is the
   * handshake.
   * @param name in any case
   * @throws DurinUsageError for Authorization, Cookie and the option `apiKeyHeader`, which hold credentials, and for text
   *   that cannot be a header's name
   * @example resolveClient: ({ ctx }) => ctx.durin.header('x-client')
   */
  header(name: string): string | null {
    const lowerCase = name.toLowerCase();
    if (!isHeaderName(name)) throw new DurinUsageError('ctx.durin.header must be called with the name of a header');
    if (credentialHeaders.has(lowerCase) || lowerCase === this.#apiKeyHeader)
      throw new DurinUsageError(`ctx.durin.header does not return '${lowerCase}', which holds credentials`);
    return readHeader(this.#headers, lowerCase);
  }

  static fromAdapter(call: RequestCall, settings: RequestSettings): DurinRequest {
    const { trustProxy, tokenInUrl = false, apiKeyHeader = null } = settings;
    const source = sourceOf(call);
    const info = propertyOf(call, 'info');
    const headers = headersOf(source);
    const header = readHeader(headers, 'authorization');
    const parameters = tokenInUrl || !isFromUrl(info) ? propertyOf(info, 'connectionParams') : null;
    const authorizations = [header, textOf(propertyOf(parameters, 'authorization'))];
    const apiKey = header === null && apiKeyHeader !== null ? readHeader(headers, apiKeyHeader) : null;
    const givenAddress = textOf(propertyOf(call, 'ipAddress'));
    const origin = originOf(source, trustProxy, givenAddress);
    const presented = { authorizations, apiKey };
    const isStreamed = isStreamedCall(info, headers);
    const isOneRequest = servesOneRequest(info);
    const facts = { origin, presented, headers, apiKeyHeader, isOneRequest, isStreamed };
    return new DurinRequest({ call, trustProxy, ...facts });
  }

  /**
   * What this durin remembers about a request. It is kept here because an entry in a WeakMap takes ten times as long, 0.5 µs
   * of each request.
   */
  static stateOf(request: DurinRequest, durin: object): object | undefined {
    for (let known = request.#states; known !== null; known = known.next) if (known.durin === durin) return known.state;
    return undefined;
  }

  static remember(request: DurinRequest, durin: object, state: object): void {
    request.#states = { durin, state, next: request.#states };
  }

  /** Where the request came from, as limits need it. */
  static originOf(request: DurinRequest): CallerOrigin {
    const { ipAddress, userAgent } = request;
    return { ipAddress, userAgent, connection: request.#connection };
  }

  static presentedBy(request: DurinRequest): Presented {
    return request.#presented;
  }

  /** The session cookie of this name. Read only where there are no other credentials. */
  static sessionCookieOf(request: DurinRequest, name: string): Credentials {
    const { authorizations, apiKey } = request.#presented;
    const isAlone = apiKey === null && authorizations.every((text) => text === null);
    return isAlone ? readSessionCookie(sourceOf(request.#call), name) : { kind: 'none' };
  }

  /** The cookies that the answer sets. */
  static cookiesOf(request: DurinRequest): ResponseCookies {
    const { info } = request.#call;
    const isAnsweredLater = request.#isStreamed || propertyOf(info, 'type') === 'subscription';
    request.#cookies ??= createResponseCookies(request.#call, isAnsweredLater || DurinRequest.isSocket(request));
    return request.#cookies;
  }

  /** The headers of cookies that `responseMeta` must return, once. */
  static takeCookieHeaders(request: DurinRequest): readonly string[] {
    return request.#cookies?.takeHeaders() ?? [];
  }

  /** What it reports about the page that caused it. */
  static siteClaimsOf(request: DurinRequest): SiteClaims {
    return siteClaimsOf(sourceOf(request.#call), request.#trustProxy);
  }

  /** Whether it opens a WebSocket, over which all its calls come. The adapter passes no calls then. */
  static isSocket(request: DurinRequest): boolean {
    const { info } = request.#call;
    return isUpgrade(sourceOf(request.#call)) || (info !== undefined && !hasCalls(info));
  }

  /** Whether its method is one that changes nothing; `null`: the method is not known. */
  static isRead(request: DurinRequest): boolean | null {
    return isRead(sourceOf(request.#call));
  }

  /**
   * Whether this is known to be one short request. The context of a WebSocket or of a subscription serves calls over
   * hours.
   */
  static isOneRequest(request: DurinRequest): boolean {
    return request.#isOneRequest;
  }

  /** Whether tRPC streams the promises and iterables in the answers: `httpBatchStreamLink` asks for that. */
  static isStreamed(request: DurinRequest): boolean {
    return request.#isStreamed;
  }
}

/**
 * The part of the app's context that durin's procedures need. `durin.createContext` creates it. It is a type and not an
 * interface, because some adapters require a context to have an index signature.
 */
export type DurinContext = { durin: DurinRequest };

export function isDurinContext(ctx: unknown): ctx is DurinContext {
  return propertyOf(ctx, 'durin') instanceof DurinRequest;
}

/**
 * Checks at run time what the compiler cannot: it does not compare the contexts of nested routers.
 * @throws DurinUsageError if `ctx.durin` is missing
 */
export function requireDurinContext(ctx: unknown): asserts ctx is DurinContext {
  if (isDurinContext(ctx)) return;
  throw new DurinUsageError('ctx.durin is missing: the context must be made with durin.createContext');
}

/** The adapter's request or event. */
function sourceOf(call: RequestCall): unknown {
  return propertyOf(call, 'req') ?? propertyOf(call, 'event');
}
