import { batch } from '../async/batch.ts';
import { DurinError } from '../errors.ts';
import { type Credentials, parseAuthorization } from '../request/authorization.ts';
import { type AdapterCall, type DurinContext, DurinRequest, requireDurinContext } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { Authenticate, FindSession } from '../tokens/authenticate.ts';

/**
 * One request, as one instance of durin follows it: who calls, found once however many calls are in its batch, if it is
 * known to be one request; and what earlier calls of the batch changed about that.
 */
export interface RequestState {
  /** Of the limits that its calls met, the nearest of each scope, for the response's headers. */
  readonly limits: ReadonlyMap<string, LimitState>;
  /** Notes a limit that a call met. */
  recordLimit(limit: LimitState): void;
  /**
   * The session of the call at this place in the batch, after the changes of the calls before it.
   * @throws DurinError the 401 codes, STORE_UNAVAILABLE
   */
  resolveSession(batchIndex: number): Promise<SessionRecord>;
  /**
   * The session as it is now, after all logins so far; for what goes on after its call, such as a subscription.
   * @throws DurinError the 401 codes, STORE_UNAVAILABLE
   */
  resolveSessionUncached(): Promise<SessionRecord>;
  /** Runs what may change the session: later calls of the batch wait for it, and then look anew. */
  change<T>(batchIndex: number, work: () => Promise<T>): Promise<T>;
  /** From the call at this place in the batch on, this token is what the request presents. */
  useToken(batchIndex: number, token: string): void;
}

export interface ContextDeps {
  readonly authenticate: Authenticate;
  readonly findBySelector: FindSession;
  /** The scheme of the Authorization header. */
  readonly scheme: string;
  readonly trustProxy: number;
}

export function createRequestStates({ authenticate, findBySelector, scheme, trustProxy }: ContextDeps) {
  const states = new WeakMap<DurinRequest, RequestState>(); // of this instance: two instances share no session

  return {
    createContext(call: AdapterCall = {}): DurinContext {
      return { durin: DurinRequest.fromAdapter(call, trustProxy) };
    },
    stateOf(ctx: DurinContext): RequestState {
      requireDurinContext(ctx);
      const request = ctx.durin;
      const known = states.get(request);
      if (known !== undefined) return known;
      const state = createRequestState(request, presentedCredentials(request, scheme), authenticate, findBySelector);
      states.set(request, state);
      return state;
    },
  };
}

/** Before all calls of a batch. Where calls may be hours apart, as on a socket, the last login is there. */
const requestPlace = -1;
/** The most tokens that are looked up together for one context, which rarely has more than one. */
const maxBatchSize = 16;

function createRequestState(
  request: DurinRequest,
  presented: Credentials,
  authenticate: Authenticate,
  findBySelector: FindSession,
): RequestState {
  const isOneRequest = DurinRequest.isOneRequest(request);
  const find = isOneRequest ? findOnce : findBatched(findBySelector);
  const lookUps = new Map<string, Promise<SessionRecord | null>>();
  const changes = new Set<{ readonly batchIndex: number; readonly settled: Promise<unknown> }>();
  const limits = new Map<string, LimitState>();
  /** What came with the request, then what each login gave, by its place in the batch. */
  const credentials = new Map<number, Credentials>([[requestPlace, presented]]);

  function credentialsAt(batchIndex: number): Credentials {
    const place = Math.max(...[...credentials.keys()].filter((login) => login <= batchIndex));
    return credentials.get(place) ?? presented;
  }

  function findOnce(selector: string): Promise<SessionRecord | null> {
    const known = lookUps.get(selector);
    if (known !== undefined) return known;
    const found = findBySelector(selector);
    lookUps.set(selector, found);
    found.catch(() => lookUps.delete(selector)); // an outage may be over at the next call
    return found;
  }

  return {
    limits,

    recordLimit(limit) {
      const known = limits.get(limit.scope);
      if (known === undefined || isNearer(limit, known)) limits.set(limit.scope, limit);
    },

    async resolveSession(batchIndex) {
      for (const change of changes) if (change.batchIndex < batchIndex) await change.settled;
      return authenticate(credentialsAt(batchIndex), find);
    },

    resolveSessionUncached: () => authenticate(credentialsAt(Infinity), findBySelector),

    async change(batchIndex, work) {
      const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
      const change = { batchIndex, settled };
      changes.add(change);
      try {
        return await work();
      } finally {
        lookUps.clear();
        changes.delete(change);
        settle();
      }
    },

    useToken(batchIndex, token) {
      credentials.set(isOneRequest ? batchIndex : requestPlace, { kind: 'token', token });
    },
  };
}

/** For calls that may be hours apart: those that come at once share a look-up, which begins after all of them. */
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

/** The first of the Authorization header and `connectionParams` that has credentials of this scheme. */
export function presentedCredentials(request: DurinRequest, scheme: string): Credentials {
  for (const text of DurinRequest.presentedBy(request)) {
    const credentials = parseAuthorization(text, scheme);
    if (credentials.kind !== 'none') return credentials;
  }
  return { kind: 'none' };
}

/** Whether this only says that nothing was presented. */
export function isWithoutCredentials(error: unknown): boolean {
  return error instanceof DurinError && error.durin.code === 'NO_CREDENTIALS';
}
