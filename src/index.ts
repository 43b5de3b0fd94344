export type { Bus } from './cache/bus.ts';
export type { KeyValueStore } from './cache/shared-store.ts';
export type { HeaderSource } from './call-origin.ts';
export type { ClientInput, DurinClients } from './client-admin.ts';
export type { ClientRecord } from './database/client-store.ts';
export type { ClientRelation, ClientWith, DurinAuthToken, DurinClient, DurinEntities } from './database/entities.ts';
export { defineDurinEntities } from './database/entities.ts';
export type { AuthClient, AuthUser, PopulatePath } from './database/views.ts';
export type { Duration } from './duration.ts';
export type { AuthSource, Durin } from './durin.ts';
export { createDurin } from './durin.ts';
export { DurinError, DurinUsageError } from './errors.ts';
export type {
  AdminAction,
  AdminActor,
  CallOrigin,
  ClientChanges,
  DurinEvents,
  EventName,
  EventSource,
  ListenerErrorHandler,
  RevocationReason,
  TokenEvent,
} from './events.ts';
export type {
  ApiAccessOptions,
  CacheOptions,
  ClientConfig,
  DurinOptions,
  LoginThrottleOptions,
  ThrottleOptions,
} from './options.ts';
export type { AppTypes, ClientProcedure, DurinProcedures, ScopedRate, SignedIn, SignedOut } from './procedures.ts';
export type { Rate } from './rate.ts';
export type { AdapterCall, DurinContext, DurinRequest } from './request.ts';
export type { ResponseFacts } from './response-meta.ts';
export type { DurinRouter, DurinRouterRecord, LoginTypes, SessionScope } from './router/durin-router.ts';
export type { Auth, SessionClient } from './session.ts';
export type { CountingRedis } from './throttle/redis-rate-counter.ts';
export type { DurinTokens } from './token-admin.ts';
export type { DurinBuilder, DurinErrorShape, DurinMutation, DurinQuery } from './trpc.ts';
export type { ApiAccessView, DurinErrorCode, DurinErrorData, SessionView } from './wire.ts';
