import { DurinUsageError } from '../errors.ts';
import type { CallOrigin } from '../events.ts';
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

/**
 * What tRPC's adapters pass to `createContext`: a `req` (standalone, Express, Fastify, fetch, WebSocket) or an `event`
 * (Lambda).
 */
export interface AdapterCall {
  req?: unknown;
  event?: unknown;
  info?: unknown;
  /** The caller's address, if the app knows it and the adapter does not, as on many fetch servers. */
  ipAddress?: string | null | undefined;
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
  readonly #connection: CallerOrigin['connection'];
  readonly #presented: Presented;
  readonly #headers: HeaderSource | undefined;
  readonly #apiKeyHeader: string | null;
  readonly #isOneRequest: boolean;
  readonly #isStreamed: boolean;
  /** `null`: no durin has remembered anything yet. */
  #states: RememberedState | null = null;

  private constructor({ origin, presented, headers, apiKeyHeader, isOneRequest, isStreamed }: RequestFacts) {
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

  static fromAdapter(call: AdapterCall, settings: RequestSettings): DurinRequest {
    const { trustProxy, tokenInUrl = false, apiKeyHeader = null } = settings;
    const source = propertyOf(call, 'req') ?? propertyOf(call, 'event');
    const info = propertyOf(call, 'info');
    const headers = headersOf(source);
    const header = readHeader(headers, 'authorization');
    const parameters = tokenInUrl || !isFromUrl(info) ? propertyOf(info, 'connectionParams') : null;
    const authorizations = [header, textOf(propertyOf(parameters, 'authorization'))];
    const apiKey = header === null && apiKeyHeader !== null ? readHeader(headers, apiKeyHeader) : null;
    const givenAddress = textOf(propertyOf(call, 'ipAddress'));
    const origin = originOf(source, trustProxy, givenAddress);
    const presented = { authorizations, apiKey };
    const isStreamed = propertyOf(info, 'accept') === 'application/jsonl';
    const isOneRequest = servesOneRequest(info);
    return new DurinRequest({ origin, presented, headers, apiKeyHeader, isOneRequest, isStreamed });
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
 * interface, since some adapters require a context to have an index signature.
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

/**
 * HTTP adapters pass the request's calls and their type in `info`. A subscription continues when its request has been
 * answered, and may make further calls with the same context. The WebSocket adapter passes no calls at its handshake.
 * Without `info`, as in a context created from `req` alone, the answer is not known and this returns false.
 */
function servesOneRequest(info: unknown): boolean {
  return hasCalls(info) && propertyOf(info, 'type') !== 'subscription';
}

/** HTTP adapters read `connectionParams` from the URL. The WebSocket adapter receives them in a message. */
function isFromUrl(info: unknown): boolean {
  return hasCalls(info) || textOf(propertyOf(propertyOf(info, 'url'), 'href')) !== null;
}

function hasCalls(info: unknown): boolean {
  const calls = propertyOf(info, 'calls');
  return Array.isArray(calls) && calls.length > 0;
}
