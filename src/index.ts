export type { Bus } from './cache/bus.ts';
export type { KeyValueStore } from './cache/shared-store.ts';
export type { ClientRecord } from './database/client-store.ts';
export type {
  AuditEntity,
  ClientRelation,
  ClientWith,
  DurinEntities,
  DurinEntitiesOptions,
  UsageEntity,
} from './database/entities.ts';
export { defineDurinEntities } from './database/entities.ts';
export type { DurinAuthToken, DurinClient, DurinTokenUse } from './database/entity-rows.ts';
export { type DurinTriggerOptions, durinTrigger } from './database/notify/triggers.ts';
export type { AuditAction, AuditActor } from './database/records/audit-actions.ts';
export type { DurinAudit } from './database/records/audit-entity.ts';
export type { DurinUsage } from './database/records/usage-entity.ts';
export type { AuthClient, AuthUser, PopulatePath } from './database/views.ts';
export type { ClientDifference, ClientInput, DurinClients, SyncedClient, SyncOptions } from './durin/durin-clients.ts';
export type { DurinTokens } from './durin/durin-tokens.ts';
export type { Durin } from './durin/durin-type.ts';
export { createDurin } from './durin.ts';
export { DurinError, DurinUsageError, isDurinError } from './errors.ts';
export type {
  AdminAction,
  AdminActor,
  CachePart,
  CallOrigin,
  ClientChanges,
  DenialCode,
  DurinEvents,
  EventName,
  EventSource,
  ListenerErrorHandler,
  RevocationReason,
  TokenEvent,
} from './events.ts';
export type { Health, PartFailing, PartUnused, PartUp } from './health/health.ts';
export type { LeaksOptions } from './leaks/create-leaks.ts';
export type { LeaksHandler } from './leaks/leaks-adapter.ts';
export type { CacheOptions } from './options/cache-options.ts';
export type { CookieOptions, Transport } from './options/cookie-options.ts';
export type { SignInAnswer } from './options/login-output.ts';
export type { ApiAccessOptions, ClientConfig, DurinOptions } from './options/options.ts';
export type { LoginThrottleOptions, ThrottleOptions } from './options/throttle-options.ts';
export type { AuditEntry, AuditFilter, DurinAuditLog } from './records/durin-audit.ts';
export type {
  DurinUsageCounts,
  UsageClientCalls,
  UsageDayCalls,
  UsageFilter,
  UsageUserCalls,
} from './records/durin-usage.ts';
export type { ContextFromOptions } from './request/context-from.ts';
export type { AdapterCall, DurinContext, DurinRequest } from './request/durin-request.ts';
export type { HeaderSource } from './request/headers.ts';
export type { CookieAttributes, SetCookie } from './request/response-cookies.ts';
export type { DurinRouter, DurinRouterRecord, LoginTypes, SessionScope } from './router/durin-router.ts';
export type { SignInRequest } from './router/sign-in-user.ts';
export type { Auth, CallAuth, SessionClient } from './session.ts';
export type { CreateLimiter, LimiterOptions } from './throttle/create-counters.ts';
export type { RateLimitRedis } from './throttle/rate-limit-redis.ts';
export type { DurinBuilder, DurinErrorShape, DurinMutation, DurinQuery } from './trpc/base-procedure.ts';
export type {
  AppTypes,
  ClientProcedure,
  DurinProcedures,
  GuardedProcedure,
  ScopedRate,
  SignedIn,
  SignedOut,
} from './trpc/builders.ts';
export type { GuardOptions } from './trpc/guard-options.ts';
export type { PolicyOf, ProcedurePolicy } from './trpc/policies/policy-of.ts';
export type { ResponseFacts } from './trpc/response-headers.ts';
export type { AuthSource } from './trpc/routes/auth-source.ts';
export type { GuardRoute, RouteAuth } from './trpc/routes/guard-source.ts';
export type { Duration } from './values/duration.ts';
export type { Rate } from './values/rate.ts';
export type { ApiAccessView, DurinErrorCode, DurinErrorData, KeyView, SessionView } from './wire.ts';
