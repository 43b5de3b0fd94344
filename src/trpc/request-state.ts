import { batch } from '../async/batch.ts';
import { isDurinError } from '../errors.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import { type DurinContext, DurinRequest, type RequestCall, requireDurinContext } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { Authenticate, FindSession } from '../tokens/authenticate.ts';
import { type PresentedCredentials, presentedCredentials, siteRefusalOf } from './presented-credentials.ts';

/**
 * What one durin knows about a request: the session, looked up once for a whole batch, and what earlier calls of the batch
 * changed about it.
 */
export interface RequestState {
  /** For each scope, the limit that is nearest to being used up. */
  limits(): Iterable<LimitState>;
  recordLimit(limit: LimitState): void;
  /**
   * Resolves the session of the call at this index of the batch, after the changes that earlier calls make.
   * @throws DurinError the 401 codes, CROSS_SITE, STORE_UNAVAILABLE
   */
  resolveSession(batchIndex: number, type: CallType): Promise<SessionRecord>;
  /**
   * Resolves the session as it is now, after all logins so far. For work that outlives its call, such as a subscription.
   * @param isChange whether the request may change something; it is judged like a mutation then
   * @throws DurinError the 401 codes, CROSS_SITE, STORE_UNAVAILABLE
   */
  resolveSessionUncached(isChange: boolean): Promise<SessionRecord>;
  /** How many changes had been announced before the look-up of a call that starts now, which may be that of an earlier call. */
  changesBefore(): number;
  /**
   * Runs work that may change the session. Later calls of the batch wait for it, and then look the session up again. A login
   * needs no session: it waits for earlier changes of one, such as a logout, and not for earlier logins.
   */
  change<T>(batchIndex: number, work: () => Promise<T>, kind?: ChangeKind): Promise<T>;
  /** The token that the call at this index presents; `null` if it presents none. It is not verified here. */
  tokenAt(batchIndex: number): string | null;
  /** Whether the credentials of the call at this index are in the session cookie. */
  isCookieAt(batchIndex: number): boolean;
  /**
   * Makes this token the request's credentials, for the call at this index and for those after it.
   * @param isCookie whether the answer sets it as the session cookie
   */
  useToken(batchIndex: number, token: string, isCookie: boolean): void;
}

/** What a procedure is. */
export type CallType = 'query' | 'mutation' | 'subscription';

/** Whether a change needs the session that the request presents. */
export type ChangeKind = 'login' | 'session';

interface Change {
  readonly kind: ChangeKind;
  readonly batchIndex: number;
  readonly settled: Promise<unknown>;
}

export interface RequestStatesDeps {
  readonly authenticate: Authenticate;
  readonly findBySelector: FindSession;
  /** How many changes of sessions were announced so far. */
  readonly announced: () => number;
  /** The schemes of the Authorization header that are read. */
  readonly schemes: readonly string[];
  /** The number of proxies whose X-Forwarded-For entries are trusted. */
  readonly trustProxy: number;
  /** Whether a token is also read from `connectionParams` in a URL. */
  readonly tokenInUrl: boolean;
  /** The header of a bare token, in lower case. `null`: none. */
  readonly apiKeyHeader: string | null;
  /** `null`: cookies are not read. */
  readonly cookies: CookieSettings | null;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** The request states of one durin. Two durins in one process share no session. */
export interface RequestStates {
  createContext(call?: RequestCall): DurinContext;
  /** @throws DurinUsageError if the context was not made with `createContext` */
  stateOf(ctx: DurinContext): RequestState;
  /** The limits that the response's headers report. */
  limitsOf(ctx: DurinContext): Iterable<LimitState>;
  /** Whether calls of the request had their credentials from the session cookie. */
  hasUsedCookie(ctx: DurinContext): boolean;
}

export function createRequestStates(deps: RequestStatesDeps): RequestStates {
  function knownStateOf(request: DurinRequest): RequestState | undefined {
    return DurinRequest.statesOf(request).get(deps) as RequestState | undefined;
  }

  return {
    createContext(call = {}) {
      return { durin: DurinRequest.fromAdapter(call, deps) };
    },
    stateOf(ctx) {
      requireDurinContext(ctx);
      const known = knownStateOf(ctx.durin);
      if (known !== undefined) return known;
      const state = createRequestState(ctx.durin, deps);
      DurinRequest.statesOf(ctx.durin).set(deps, state);
      return state;
    },
    limitsOf: ({ durin }) => knownStateOf(durin)?.limits() ?? [],
    hasUsedCookie: ({ durin }) => knownStateOf(durin)?.isCookieAt(Infinity) ?? false,
  };
}

/** The index of what came with the request. On a socket, whose calls may be hours apart, the last login takes its place. */
const beforeBatch = -1;
/** Longer than a batch takes. Streamed answers and background work may use the request's context for hours. */
const rememberedForMs = 1000;
/** The most tokens of one context that share a look-up. Contexts rarely have more than one token. */
const maxBatchSize = 16;

/** A look-up that the calls of a request share. */
interface LookUp {
  readonly selector: string;
  readonly found: Promise<SessionRecord | null>;
  /** In milliseconds; `Infinity` while it is in progress. */
  settledAt: number;
}

/** What most requests never need is `null` until then: most have one call, one token, and no limit. */
function createRequestState(request: DurinRequest, deps: RequestStatesDeps): RequestState {
  const { authenticate, findBySelector, announced, schemes, cookies, now } = deps;
  const isOneRequest = DurinRequest.isOneRequest(request);
  const find = isOneRequest ? findOnce : findBatched(findBySelector);
  const presented = presentedCredentials(request, { schemes, cookieName: cookies?.name ?? null });
  const announcedAtStart = announced();
  /** The credentials of each login, by index in the batch. */
  let logins: Map<number, PresentedCredentials> | null = null;
  let lookUp: LookUp | null = null;
  let changes: Set<Change> | null = null;
  let limits: Map<string, LimitState> | null = null;

  function presentedAt(batchIndex: number): PresentedCredentials {
    if (logins === null) return presented;
    const latest = Math.max(...[...logins.keys()].filter((index) => index <= batchIndex));
    return logins.get(latest) ?? presented;
  }

  function findOnce(selector: string): Promise<SessionRecord | null> {
    const isKnown = lookUp?.selector === selector && now() - lookUp.settledAt < rememberedForMs;
    if (lookUp !== null && isKnown) return lookUp.found;
    const started: LookUp = { selector, found: findBySelector(selector), settledAt: Infinity };
    function settle(): void {
      started.settledAt = now();
    }
    function forget(): void {
      if (lookUp === started) lookUp = null; // an outage may be over by the next call
    }
    lookUp = started;
    started.found.then(settle, forget);
    return started.found;
  }

  function resolve(batchIndex: number, isChange: boolean, findSession: FindSession): Promise<SessionRecord> {
    const given = presentedAt(batchIndex);
    const refusal = siteRefusalOf(request, given, { cookies, isChange });
    return refusal === null ? authenticate(given.credentials, findSession) : Promise.reject(refusal);
  }

  async function resolveAfterChanges(earlier: Iterable<Change>, batchIndex: number, isChange: boolean) {
    for (const change of earlier) if (change.batchIndex < batchIndex) await change.settled;
    return resolve(batchIndex, isChange, find);
  }

  return {
    limits: () => limits?.values() ?? [],

    recordLimit(limit) {
      limits ??= new Map();
      const known = limits.get(limit.scope);
      if (known === undefined || isNearer(limit, known)) limits.set(limit.scope, limit);
    },

    resolveSession(batchIndex, type) {
      const isChange = type !== 'query';
      return changes === null
        ? resolve(batchIndex, isChange, find)
        : resolveAfterChanges(changes, batchIndex, isChange);
    },

    resolveSessionUncached: (isChange) => resolve(Infinity, isChange, findBySelector),

    changesBefore: () => (isOneRequest ? announcedAtStart : announced()),

    async change(batchIndex, work, kind = 'session') {
      const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
      const change = { kind, batchIndex, settled };
      const isEarlier = (other: Change) => other.kind === 'session' && other.batchIndex < batchIndex;
      changes ??= new Set();
      const earlier = [...changes].filter(isEarlier);
      changes.add(change);
      try {
        if (kind === 'login') await Promise.all(earlier.map((other) => other.settled));
        return await work();
      } finally {
        lookUp = null;
        changes.delete(change);
        settle();
      }
    },

    tokenAt(batchIndex) {
      const { credentials } = presentedAt(batchIndex);
      return credentials.kind === 'token' ? credentials.token : null;
    },

    isCookieAt: (batchIndex) => presentedAt(batchIndex).isCookie,

    useToken(batchIndex, token, isCookie) {
      logins ??= new Map();
      logins.set(isOneRequest ? batchIndex : beforeBatch, { credentials: { kind: 'token', token }, isCookie });
    },
  };
}

/** For contexts whose calls may be hours apart: calls that arrive together share a look-up that starts after them. */
function findBatched(findBySelector: FindSession): FindSession {
  return batch(async (selectors) => {
    const found = await Promise.all(selectors.map((selector) => findBySelector(selector)));
    return new Map(selectors.map((selector, index) => [selector, found[index] ?? null]));
  }, maxBatchSize);
}

function isNearer(limit: LimitState, other: LimitState): boolean {
  if (limit.remaining !== other.remaining) return limit.remaining < other.remaining;
  return limit.resetSeconds > other.resetSeconds;
}

/** Whether the error only says that the request presented no credentials. */
export function isWithoutCredentials(error: unknown): boolean {
  return isDurinError(error) && error.durin.code === 'NO_CREDENTIALS';
}
