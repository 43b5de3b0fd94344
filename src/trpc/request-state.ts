import { setImmediate } from 'node:timers';
import { BatchChanges, type ChangeKind } from '../async/batch-changes.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import { DurinRequest } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { Authenticate, FindSession, Recognize } from '../tokens/authenticate.ts';
import { type PresentedCredentials, presentedCredentials, siteRefusalOf } from './presented-credentials.ts';
import { Tallies } from './tallies.ts';

/**
 * What one durin knows about a request: the session, looked up once for a whole batch, and what earlier calls of the batch
 * changed about it.
 */
export interface RequestState {
  /** For each scope, the limit that is nearest to being used up. */
  limits(): Iterable<LimitState>;
  readonly recordLimit: (limit: LimitState) => void;
  readonly tallies: Tallies;
  /**
   * Returns the session of the call at this index of the batch if that is certain without waiting, also for earlier calls.
   * `null`: ask a method that waits.
   * @param isChange as of `resolveSessionUncached`
   * @throws TRPCError what the app's callbacks throw
   */
  recognizeSession(batchIndex: number, isChange: boolean): SessionRecord | null;
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
  /**
   * Resolves the session as it was at most a second ago, for several guards of one request.
   * @param isChange as of `resolveSessionUncached`
   * @throws DurinError the 401 codes, CROSS_SITE, STORE_UNAVAILABLE
   */
  resolveSessionOnce(isChange: boolean): Promise<SessionRecord>;
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

export interface RequestStatesDeps {
  readonly authenticate: Authenticate;
  readonly recognize: Recognize;
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

/** The index of what came with the request. On a socket, whose calls may be hours apart, the last login takes its place. */
const beforeBatch = -1;
/** Longer than a batch takes. Streamed answers and background work may use the request's context for hours. */
const rememberedForMs = 1000;

/** A look-up that the calls of a request share. */
interface LookUp {
  readonly selector: string;
  readonly found: Promise<SessionRecord | null>;
  /** In milliseconds; `Infinity` while it is in progress. */
  settledAt: number;
}

/**
 * What most requests never need is `null` until then: most have one call, one token, and no limit. An instance, and not
 * functions for each request: streams keep thousands of them.
 */
export class StateOfRequest implements RequestState {
  readonly tallies = new Tallies();
  readonly #request: DurinRequest;
  readonly #deps: RequestStatesDeps;
  readonly #isOneRequest: boolean;
  readonly #presented: PresentedCredentials;
  readonly #announcedAtStart: number;
  /** The credentials of each login, by index in the batch. */
  #logins: Map<number, PresentedCredentials> | null = null;
  #lookUp: LookUp | null = null;
  #changes: BatchChanges | null = null;
  #limits: Map<string, LimitState> | null = null;

  constructor(request: DurinRequest, deps: RequestStatesDeps) {
    this.#request = request;
    this.#deps = deps;
    this.#isOneRequest = DurinRequest.isOneRequest(request);
    this.#presented = presentedCredentials(request, { schemes: deps.schemes, cookieName: deps.cookies?.name ?? null });
    this.#announcedAtStart = deps.announced();
  }

  limits(): Iterable<LimitState> {
    return this.#limits?.values() ?? [];
  }

  get recordLimit(): (limit: LimitState) => void {
    return (limit) => {
      this.#limits ??= new Map();
      const known = this.#limits.get(limit.scope);
      if (known === undefined || isNearer(limit, known)) this.#limits.set(limit.scope, limit);
    };
  }

  recognizeSession(batchIndex: number, isChange: boolean): SessionRecord | null {
    if (this.#changes !== null) return null;
    const { cookies, recognize } = this.#deps;
    const given = this.#presentedAt(batchIndex);
    if (siteRefusalOf(this.#request, given, { cookies, isChange }) !== null) return null;
    return recognize(given.credentials, given.isCookie ? cookies?.clientNames : null);
  }

  resolveSession(batchIndex: number, type: CallType): Promise<SessionRecord> {
    const isChange = type !== 'query';
    if (this.#changes !== null) return this.#resolveAfterChanges(this.#changes, batchIndex, isChange);
    return this.#resolveAt(batchIndex, isChange);
  }

  resolveSessionUncached(isChange: boolean): Promise<SessionRecord> {
    return this.#resolve(Infinity, isChange, this.#deps.findBySelector);
  }

  resolveSessionOnce(isChange: boolean): Promise<SessionRecord> {
    return this.#resolve(Infinity, isChange, (selector) => this.#findOnce(selector));
  }

  changesBefore(): number {
    return this.#isOneRequest ? this.#announcedAtStart : this.#deps.announced();
  }

  change<T>(batchIndex: number, work: () => Promise<T>, kind: ChangeKind = 'session'): Promise<T> {
    this.#changes ??= new BatchChanges();
    return this.#changes.run(batchIndex, kind, async () => {
      try {
        return await work();
      } finally {
        this.#lookUp = null;
      }
    });
  }

  tokenAt(batchIndex: number): string | null {
    const { credentials } = this.#presentedAt(batchIndex);
    return credentials.kind === 'token' ? credentials.token : null;
  }

  isCookieAt(batchIndex: number): boolean {
    return this.#presentedAt(batchIndex).isCookie;
  }

  useToken(batchIndex: number, token: string, isCookie: boolean): void {
    const given: PresentedCredentials = { credentials: { kind: 'token', token }, isCookie };
    this.#logins ??= new Map();
    this.#logins.set(this.#isOneRequest ? batchIndex : beforeBatch, given);
  }

  #presentedAt(batchIndex: number): PresentedCredentials {
    let latest = -Infinity;
    let presented = this.#presented;
    for (const [index, given] of this.#logins ?? []) {
      if (index > batchIndex || index < latest) continue;
      latest = index;
      presented = given;
    }
    return presented;
  }

  #resolve(batchIndex: number, isChange: boolean, find: FindSession): Promise<SessionRecord> {
    const { cookies, authenticate } = this.#deps;
    const given = this.#presentedAt(batchIndex);
    const refusal = siteRefusalOf(this.#request, given, { cookies, isChange });
    if (refusal !== null) return Promise.reject(refusal);
    return authenticate(given.credentials, find, given.isCookie ? cookies?.clientNames : null);
  }

  #resolveAt(batchIndex: number, isChange: boolean): Promise<SessionRecord> {
    const find = (selector: string) => (this.#isOneRequest ? this.#findOnce(selector) : this.#findTogether(selector));
    return this.#resolve(batchIndex, isChange, find);
  }

  async #resolveAfterChanges(changes: BatchChanges, batchIndex: number, isChange: boolean): Promise<SessionRecord> {
    await changes.settledBefore(batchIndex);
    return this.#resolveAt(batchIndex, isChange);
  }

  #findOnce(selector: string): Promise<SessionRecord | null> {
    const { findBySelector, now } = this.#deps;
    const known = this.#lookUp;
    if (known?.selector === selector && now() - known.settledAt < rememberedForMs) return known.found;
    const started: LookUp = { selector, found: findBySelector(selector), settledAt: Infinity };
    const settle = () => {
      started.settledAt = now();
    };
    this.#lookUp = started;
    started.found.then(settle, () => this.#forget(started)); // an outage may be over by the next call
    return started.found;
  }

  /** For contexts whose calls may be hours apart: calls that arrive together share a look-up that starts after them. */
  #findTogether(selector: string): Promise<SessionRecord | null> {
    if (this.#lookUp?.selector === selector) return this.#lookUp.found;
    const found = Promise.withResolvers<SessionRecord | null>();
    const shared: LookUp = { selector, found: found.promise, settledAt: Infinity };
    this.#lookUp = shared;
    setImmediate(() => {
      this.#forget(shared);
      found.resolve(this.#deps.findBySelector(selector));
    });
    return found.promise;
  }

  #forget(lookUp: LookUp): void {
    if (this.#lookUp === lookUp) this.#lookUp = null;
  }
}

function isNearer(limit: LimitState, other: LimitState): boolean {
  if (limit.remaining !== other.remaining) return limit.remaining < other.remaining;
  return limit.resetSeconds > other.resetSeconds;
}
