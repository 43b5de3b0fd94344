import { DurinError } from '../errors.ts';
import { DurinRequest } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { Limit, Throttle } from '../throttle/throttle.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { judgeRights } from '../tokens/rights/judge-rights.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import type { RequireFresh } from '../tokens/verification/freshness.ts';
import { parseRate, type Quota } from '../values/rate.ts';
import type { Denials } from './denials.ts';
import { type GuardSettings, scopeOfPath } from './guard-options.ts';
import type { RequestState } from './request-state.ts';
import type { Tally } from './tallies.ts';

/** What asks to be let in: a call of a procedure, or a request to a route of the app. */
export interface Visit {
  /** What the guard demands. */
  readonly settings: GuardSettings;
  readonly request: DurinRequest;
  readonly state: RequestState;
  /** The procedure's path; `null`: a route of the app. */
  readonly path: string | null;
  /** What its earlier guards have counted; `null`: none has let it in. */
  readonly tally: Tally | null;
}

/** What the guards of procedures and of other routes do alike. */
export interface Admission {
  /**
   * Lets a session in, in this order: its rights, the rate of its client, that of its key, how fresh it is, the guard's own rate.
   * Then counts the first use of a rolled key, and records the use. Several guards of a call count the first two rates once.
   * @returns the session as it is now; `null`: the given one was let in at once. Most are, and an await takes as long as all of
   *   this does
   * @throws DurinError CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED, THROTTLED, REAUTHENTICATION_REQUIRED, the
   *   401 codes, STORE_UNAVAILABLE
   */
  admit(record: SessionRecord, visit: Visit): Promise<SessionRecord> | null;
  /**
   * Counts a visit by the guard's own rate.
   * @param record `null`: nobody is signed in
   * @throws DurinError THROTTLED
   */
  enforceRate(record: SessionRecord | null, visit: Visit): Promise<void>;
  /**
   * Why a session may not come in, or not stay: CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE or NETWORK_NOT_ALLOWED.
   * @throws TRPCError what the app's callbacks throw
   */
  refusalOf(record: SessionRecord, settings: GuardSettings, ipAddress: string | null): DurinError | null;
  /** Reports that credentials were refused, and returns the error to throw. */
  reportRefused(error: unknown, visit: Visit): unknown;
}

export interface AdmissionDeps {
  readonly denials: Denials;
  readonly throttle: Throttle;
  /** For clients without a rate of their own. */
  readonly sessionQuota: Quota | null;
  readonly scopes: Pick<SessionScopes, 'heldBy'>;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
  readonly requireFresh: RequireFresh;
  readonly lastUsed: LastUsed;
}

export function createAdmission(deps: AdmissionDeps): Admission {
  const { denials, throttle, sessionQuota, scopes, keyAccess, activateKey, requireFresh, lastUsed } = deps;

  function refusalOf(record: SessionRecord, settings: GuardSettings, ipAddress: string | null): DurinError | null {
    const judgement = judgeRights(record, settings, scopes.heldBy);
    switch (judgement.verdict) {
      case 'allowed':
        return keyAccess.refusalOf(record, ipAddress, settings.policy.reach);
      case 'client-not-allowed':
        return new DurinError('CLIENT_NOT_ALLOWED');
      case 'insufficient-scope':
        return new DurinError('INSUFFICIENT_SCOPE', { missing: judgement.missing });
    }
  }

  function requireRights(record: SessionRecord, visit: Visit): void {
    const refusal = refusalOf(record, visit.settings, visit.request.ipAddress);
    if (refusal === null) return;
    denials.report(refusal, { path: visit.path, origin: visit.request, session: record });
    throw refusal;
  }

  function reportRefused(error: unknown, { path, request }: Visit): unknown {
    denials.report(error, { path, origin: request, session: null });
    return error;
  }

  /** A session that is looked up again may have ended. */
  async function findFresh(record: SessionRecord, seconds: number, visit: Visit): Promise<SessionRecord> {
    try {
      return await requireFresh(record, seconds);
    } catch (error) {
      throw reportRefused(error, visit);
    }
  }

  function quotaOf({ client: { throttleRate } }: SessionRecord): Quota | null {
    return throttleRate === null ? sessionQuota : parseRate(throttleRate, 'throttle_rate');
  }

  function enforce(limit: Limit, session: SessionRecord | null, { request, state }: Visit): Promise<void> {
    return throttle.enforce(limit, { session, origin: DurinRequest.originOf(request) }, state.recordLimit);
  }

  async function enforceRate(record: SessionRecord | null, visit: Visit): Promise<void> {
    const { limit } = visit.settings;
    if (limit !== null)
      await enforce({ scope: limit.scope ?? scopeOfPath(visit.path ?? ''), quota: limit.quota }, record, visit);
  }

  /** @param quotas those of the session's client and of its key */
  async function admitAfterChecks(given: SessionRecord, visit: Visit, quotas: SessionQuotas): Promise<SessionRecord> {
    const { settings, request, state } = visit;
    let record = given;
    if (quotas.client !== null) await enforce({ scope: 'client', quota: quotas.client }, record, visit);
    if (quotas.key !== null) {
      const caller = { session: record, origin: DurinRequest.originOf(request) };
      await throttle.enforcePerSession({ scope: 'key', quota: quotas.key }, caller, state.recordLimit);
    }
    if (settings.freshSeconds !== null) {
      record = await findFresh(record, settings.freshSeconds, visit);
      requireRights(record, visit); // the user may have changed since the session was cached
    }
    await enforceRate(record, visit);
    if (record.replaces !== null) await activateKey(record, request);
    lastUsed.recordUse(record, request);
    return record;
  }

  return {
    refusalOf,
    reportRefused,
    enforceRate,
    admit(record, visit) {
      requireRights(record, visit);
      const { isOptional, freshSeconds, limit } = visit.settings;
      const isUnrated = isOptional || visit.tally?.ratedSession === record.id;
      const client = isUnrated ? null : quotaOf(record);
      const key = isUnrated ? null : keyAccess.quotaOf(record);
      const isLimited = client !== null || key !== null || limit !== null;
      if (isLimited || freshSeconds !== null || record.replaces !== null)
        return admitAfterChecks(record, visit, { client, key });
      lastUsed.recordUse(record, visit.request);
      return null;
    },
  };
}

interface SessionQuotas {
  readonly client: Quota | null;
  readonly key: Quota | null;
}
