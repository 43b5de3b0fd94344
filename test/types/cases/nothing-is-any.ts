import type { IncomingMessage } from 'node:http';
import { type inferRouterInputs, type inferRouterOutputs, initTRPC } from '@trpc/server';
import type { z } from 'zod';
import type * as clientTypes from '../../../client/index.ts';
import type {
  Connection,
  DurinAuth,
  DurinClient as DurinClientOfSdk,
  DurinClientOptions,
  DurinHeaders,
  DurinLink,
  DurinLinkOptions,
  DurinPath,
  DurinStorage,
  HeadersSource,
  LoginAnswer,
  LoginInput,
  ReauthenticateInput,
  SessionAnswer,
  SignedOutReason,
  Snapshot,
  WebStorage,
} from '../../../client/index.ts';
import type * as nodeTypes from '../../../client/node.ts';
import type { ApiKeyClientOptions } from '../../../client/node.ts';
import type * as reactTypes from '../../../client/react.ts';
import type {
  DurinReactContext,
  Reauthentication,
  ReauthenticationRequest,
  SnapshotSource,
} from '../../../client/react.ts';
import type * as adminTypes from '../../../src/admin/index.ts';
import type {
  ActiveUsersInput,
  ActiveUserView,
  AdminPage,
  AdminPageOptions,
  AdminTokenView,
  AdminView,
  AuditListInput,
  AuditPage,
  AuditView,
  CallDay,
  ClientCallsView,
  ClientCreateInput,
  ClientListInput,
  ClientNameInput,
  ClientNamesInput,
  ClientPage,
  ClientRow,
  ClientUpdateInput,
  ClientUsage,
  DaysInput,
  DurinAdmin,
  DurinAdminOptions,
  DurinAdminRouter,
  DurinAdminRouterRecord,
  IssuedTokenView,
  KeyRenameInput,
  KeyRollInput,
  ScopeListInput,
  TokenIdInput,
  TokenIssueInput,
  TokenListInput,
  TokenPage,
  UsageDay,
  UsageDaysInput,
  UserId,
  UserInput,
  UserNaming,
  UserSearchInput,
  UserView,
} from '../../../src/admin/index.ts';
import type * as pgliteTypes from '../../../src/database/pglite/index.ts';
import type { PgliteFolder } from '../../../src/database/pglite/index.ts';
import type * as httpTypes from '../../../src/http/index.ts';
import type {
  AuthOf,
  ExpressGuard,
  ExpressRequest,
  FastifyGuard,
  FastifyReply,
  FastifyRequest,
  HonoContext,
  HonoGuard,
  HonoGuardOptions,
  RouteDurin,
} from '../../../src/http/index.ts';
import type * as durinTypes from '../../../src/index.ts';
import type {
  AdapterCall,
  AdminAction,
  AdminActor,
  ApiAccessOptions,
  ApiAccessView,
  AppTypes,
  AuditAction,
  AuditActor,
  AuditEntity,
  AuditEntry,
  AuditFilter,
  Auth,
  AuthClient,
  AuthSource,
  AuthUser,
  Bus,
  CacheOptions,
  CachePart,
  CallAuth,
  CallOrigin,
  ClientChanges,
  ClientConfig,
  ClientDifference,
  ClientInput,
  ClientProcedure,
  ClientRecord,
  ClientRelation,
  ClientWith,
  ContextFromOptions,
  CookieAttributes,
  CookieOptions,
  CreateLimiter,
  DenialCode,
  Duration,
  Durin,
  DurinAudit,
  DurinAuditLog,
  DurinAuthToken,
  DurinBuilder,
  DurinClient,
  DurinClients,
  DurinContext,
  DurinEntities,
  DurinEntitiesOptions,
  DurinErrorCode,
  DurinErrorData,
  DurinErrorShape,
  DurinEvents,
  DurinMutation,
  DurinOptions,
  DurinProcedures,
  DurinQuery,
  DurinRequest,
  DurinRouter,
  DurinRouterRecord,
  DurinTokens,
  DurinTokenUse,
  DurinTriggerOptions,
  DurinUsage,
  DurinUsageCounts,
  EventName,
  EventSource,
  GuardedProcedure,
  GuardOptions,
  GuardRoute,
  HeaderSource,
  Health,
  KeyValueStore,
  KeyView,
  LeaksHandler,
  LeaksOptions,
  LimiterOptions,
  ListenerErrorHandler,
  LoginThrottleOptions,
  LoginTypes,
  PartFailing,
  PartUnused,
  PartUp,
  PolicyOf,
  PopulatePath,
  ProcedurePolicy,
  Rate,
  RateLimitRedis,
  ResponseFacts,
  RevocationReason,
  RouteAuth,
  ScopedRate,
  SessionClient,
  SessionScope,
  SessionView,
  SetCookie,
  SignedIn,
  SignedOut,
  SignInAnswer,
  SignInRequest,
  SyncedClient,
  SyncOptions,
  ThrottleOptions,
  TokenEvent,
  Transport,
  UsageClientCalls,
  UsageDayCalls,
  UsageEntity,
  UsageFilter,
  UsageUserCalls,
} from '../../../src/index.ts';
import type * as telemetryTypes from '../../../src/opentelemetry/index.ts';
import type { InstrumentOptions } from '../../../src/opentelemetry/index.ts';
import type * as passwordTypes from '../../../src/password.ts';
import type * as postgresTypes from '../../../src/postgres/index.ts';
import type { Listen, Listening, ListenOptions, PostgresBusOptions } from '../../../src/postgres/index.ts';
import type * as redisTypes from '../../../src/redis/index.ts';
import type {
  ConnectedRedis,
  RedisBusOptions,
  RedisBusSettings,
  RedisOptions,
  RedisStore,
  RedisStoreOptions,
  RedisStoreSettings,
} from '../../../src/redis/index.ts';
import type * as testingTypes from '../../../src/testing/index.ts';
import type {
  ActAsOptions,
  ActingSession,
  ActingUser,
  SampleDurin,
  SampleEntities,
  SampleTestDurin,
  TestDurin,
  TestDurinSetup,
} from '../../../src/testing/index.ts';
import type { AnyPath } from './any-path.ts';
import type { AuthToken, Client, durin, namelessDurin, User } from './app.ts';
import { same } from './same.ts';

// Every type that an entry point exports is in this file: test/types/declarations.test.ts sees to that.
type App = {
  userEntity: User;
  clientEntity: DurinClient;
  clientName: 'web' | 'cli';
  populate: readonly ['user.organization'];
  scope: 'billing';
};
type Login = {
  loginInput: { username: string };
  takesClient: true;
  loginOutput: { token: string; expiry: Date | null };
  clientName: 'web';
  scope: 'billing';
  returnsUser: false;
};

interface Public {
  values: typeof durinTypes;
  passwordValues: typeof passwordTypes;
  httpValues: typeof httpTypes;
  AuthOf: AuthOf<Durin<PlainApp, Login>>;
  ExpressGuard: ExpressGuard;
  ExpressRequest: Omit<ExpressRequest, keyof IncomingMessage>;
  FastifyGuard: FastifyGuard;
  FastifyReply: FastifyReply;
  FastifyRequest: FastifyRequest;
  HonoContext: HonoContext<{ id: string }>;
  HonoGuard: HonoGuard<{ id: string }>;
  HonoGuardOptions: HonoGuardOptions<'web', 'cli', 'billing'>;
  RouteDurin: RouteDurin<PlainApp>;
  pgliteValues: typeof pgliteTypes;
  telemetryValues: typeof telemetryTypes;
  PgliteFolder: PgliteFolder;
  postgresValues: typeof postgresTypes;
  Listen: Listen;
  Listening: Listening;
  ListenOptions: ListenOptions;
  PostgresBusOptions: PostgresBusOptions;
  DurinTriggerOptions: DurinTriggerOptions;
  redisValues: typeof redisTypes;
  testingValues: Omit<typeof testingTypes, 'actAs'>; // the routers that a caller takes are tRPC's
  actAs: Parameters<typeof testingTypes.actAs<PlainApp>>;
  ActAsOptions: ActAsOptions<App>;
  ActingSession: Omit<ActingSession, 'caller'>;
  ActingUser: ActingUser<PlainApp>;
  SampleDurin: SampleDurin;
  SampleEntities: keyof SampleEntities;
  SampleTestDurin: keyof SampleTestDurin;
  TestDurin: Omit<TestDurin<string>, 'orm'>;
  TestDurinSetup: keyof TestDurinSetup<Durin<App, Login>>;
  refusal: ConstructorParameters<typeof durinTypes.DurinError>;
  ApiAccessOptions: ApiAccessOptions<'web'>;
  ApiAccessView: ApiAccessView;
  Auth: Auth;
  CallAuth: CallAuth;
  AuthClient: AuthClient<DurinClient, readonly ['client'], 'web'>;
  AuditAction: AuditAction;
  AuditActor: AuditActor;
  AuditEntity: AuditEntity;
  AuditEntry: AuditEntry<number>;
  AuditFilter: AuditFilter<number>;
  DurinAudit: DurinAudit;
  DurinAuditLog: DurinAuditLog<number, number>;
  DurinUsage: DurinUsage;
  DurinUsageCounts: DurinUsageCounts<number>;
  UsageClientCalls: UsageClientCalls;
  UsageDayCalls: UsageDayCalls;
  UsageEntity: UsageEntity;
  UsageFilter: UsageFilter;
  UsageUserCalls: UsageUserCalls<number>;
  AuthSource: AuthSource;
  AuthUser: AuthUser<User, readonly ['user.organization.country']>;
  AuthUserKey: AuthUser<User, false>;
  CachePart: CachePart;
  ClientConfig: ClientConfig<'billing'>;
  ClientDifference: ClientDifference;
  ClientInput: ClientInput;
  ClientProcedure: ClientProcedure<App>;
  ClientRecord: ClientRecord;
  ClientRelation: ClientRelation<{ client: DurinClient }>;
  ClientWith: ClientWith<{ settings: { theme: string } }>;
  Durin: Durin<App, Login>;
  DurinAuthToken: DurinAuthToken<{ id: number }>;
  DurinBuilder: DurinBuilder<{ user: string }>;
  DurinClient: DurinClient;
  DurinClients: DurinClients;
  DurinContext: DurinContext;
  DurinEntities: DurinEntities<User, DurinClient>;
  DurinEntitiesOptions: Omit<DurinEntitiesOptions<User, { settings: { client: DurinClient } }>, 'user' | 'client'>;
  DurinErrorCode: DurinErrorCode;
  DurinErrorData: DurinErrorData;
  DurinErrorShape: DurinErrorShape;
  DurinEvents: DurinEvents<number>;
  DurinOptions: DurinOptions<
    { id: number },
    DurinClient,
    'web',
    readonly ['user'],
    z.ZodObject<{ username: z.ZodString }>,
    unknown,
    string,
    Date,
    { motd: string },
    'billing',
    'cookie'
  >;
  DurinProcedures: DurinProcedures<App>;
  DurinRequest: DurinRequest;
  DurinRouter: DurinRouter<Login>;
  DurinRouterRecord: DurinRouterRecord<Login>;
  DurinTokenUse: DurinTokenUse;
  SyncedClient: SyncedClient;
  SyncOptions: SyncOptions;
  DurinTokens: DurinTokens<User | number, Auth, 'web', 'billing'>;
  Duration: Duration;
  DenialCode: DenialCode;
  EventName: EventName;
  EventSource: EventSource<number>;
  GuardedProcedure: GuardedProcedure<App>;
  GuardOptions: GuardOptions<'web', 'cli', 'billing'>;
  Health: Health;
  InstrumentOptions: InstrumentOptions;
  PartFailing: PartFailing<'down'>;
  PartUnused: PartUnused;
  PartUp: PartUp;
  GuardRoute: GuardRoute<App>;
  RouteAuth: RouteAuth<App, 'web'>;
  Bus: Bus;
  RateLimitRedis: RateLimitRedis;
  CreateLimiter: CreateLimiter;
  LimiterOptions: LimiterOptions;
  CacheOptions: CacheOptions;
  KeyValueStore: KeyValueStore;
  ConnectedRedis: ConnectedRedis;
  RedisOptions: RedisOptions;
  RedisBusSettings: RedisBusSettings;
  RedisStoreSettings: RedisStoreSettings;
  RedisBusOptions: RedisBusOptions;
  RedisStore: RedisStore;
  RedisStoreOptions: RedisStoreOptions;
  LeaksHandler: LeaksHandler;
  LeaksOptions: LeaksOptions;
  KeyView: KeyView;
  ListenerErrorHandler: ListenerErrorHandler;
  LoginThrottleOptions: LoginThrottleOptions;
  PolicyOf: PolicyOf;
  PopulatePath: PopulatePath<User, DurinClient>;
  ProcedurePolicy: ProcedurePolicy;
  Rate: Rate;
  SessionView: SessionView;
  SignedIn: SignedIn<App>;
  SignedOut: SignedOut;
  SignInAnswer: SignInAnswer<App, Login>;
  SignInRequest: SignInRequest<PlainApp>;
  ThrottleOptions: ThrottleOptions;
  TokenEvent: TokenEvent<number>;
  SessionScope: SessionScope;
  SessionClient: SessionClient;
  ScopedRate: ScopedRate;
  RevocationReason: RevocationReason;
  ResponseFacts: ResponseFacts;
  LoginTypes: LoginTypes;
  HeaderSource: HeaderSource;
  DurinQuery: DurinQuery<void, string>;
  DurinMutation: DurinMutation<{ a: string }, { b: Date }>;
  CallOrigin: CallOrigin;
  ContextFromOptions: ContextFromOptions;
  CookieAttributes: CookieAttributes;
  CookieOptions: CookieOptions;
  SetCookie: SetCookie;
  Transport: Transport;
  AppTypes: AppTypes;
  AdapterCall: AdapterCall;
  AdminAction: AdminAction<number>;
  AdminActor: AdminActor<number>;
  ClientChanges: ClientChanges;
}

/** Without MikroORM's own types, which have some. */
type PlainApp = Omit<App, 'userEntity'> & { userEntity: { id: number; username: string } };
interface PublicOfAdmin {
  createDurinAdmin: ReturnType<typeof adminTypes.createDurinAdmin<PlainApp>>;
  AdminPage: AdminPage;
  AdminPageOptions: AdminPageOptions<'web'>;
  AdminTokenView: AdminTokenView;
  ActiveUserView: ActiveUserView;
  AuditPage: AuditPage;
  AuditView: AuditView;
  CallDay: CallDay;
  ClientCallsView: ClientCallsView;
  ActiveUsersInput: ActiveUsersInput;
  AuditListInput: AuditListInput;
  DaysInput: DaysInput;
  AdminView: AdminView;
  ClientCreateInput: ClientCreateInput;
  ClientListInput: ClientListInput;
  ClientNameInput: ClientNameInput;
  ClientNamesInput: ClientNamesInput;
  ClientPage: ClientPage;
  ClientRow: ClientRow;
  ClientUpdateInput: ClientUpdateInput;
  ClientUsage: ClientUsage;
  DurinAdmin: DurinAdmin;
  DurinAdminOptions: DurinAdminOptions<PlainApp>;
  DurinAdminRouter: DurinAdminRouter;
  DurinAdminRouterRecord: DurinAdminRouterRecord;
  IssuedTokenView: IssuedTokenView;
  TokenIdInput: TokenIdInput;
  TokenIssueInput: TokenIssueInput;
  TokenListInput: TokenListInput;
  TokenPage: TokenPage;
  UsageDay: UsageDay;
  KeyRenameInput: KeyRenameInput;
  KeyRollInput: KeyRollInput;
  ScopeListInput: ScopeListInput;
  UsageDaysInput: UsageDaysInput;
  UserId: UserId;
  UserInput: UserInput;
  UserNaming: UserNaming<PlainApp>;
  UserSearchInput: UserSearchInput;
  UserView: UserView;
}

type SdkRouter = typeof router;
interface PublicOfSdk {
  values: Pick<typeof clientTypes, 'durinErrorOf' | 'memoryStorage' | 'webStorage'>;
  nodeValues: typeof nodeTypes;
  ApiKeyClientOptions: ApiKeyClientOptions<SdkRouter>;
  reactValues: typeof reactTypes;
  Connection: Omit<Connection<SdkRouter>, 'link'>;
  DurinAuth: Omit<DurinAuth<SdkRouter>, 'connect'>;
  DurinClient: Omit<DurinClientOfSdk<SdkRouter>['auth'], 'connect'>;
  DurinClientOptions: DurinClientOptions<SdkRouter>;
  DurinHeaders: DurinHeaders;
  DurinLink: Omit<DurinLink<SdkRouter>['auth'], 'connect'>;
  DurinLinkOptions: DurinLinkOptions<SdkRouter>;
  DurinPath: DurinPath<SdkRouter>;
  DurinStorage: DurinStorage;
  HeadersSource: HeadersSource;
  LoginAnswer: LoginAnswer<SdkRouter, 'auth'>;
  SessionAnswer: SessionAnswer<SdkRouter, 'auth'>;
  DurinReactContext: DurinReactContext<SdkRouter, 'auth'>;
  ReauthenticateInput: ReauthenticateInput<SdkRouter, 'auth'>;
  LoginInput: LoginInput<SdkRouter, 'auth'>;
  Reauthentication: Reauthentication<ReauthenticateInput<SdkRouter, 'auth'>>;
  ReauthenticationRequest: ReauthenticationRequest<ReauthenticateInput<SdkRouter, 'auth'>>;
  SignedOutReason: SignedOutReason;
  Snapshot: Snapshot;
  SnapshotSource: SnapshotSource<Snapshot>;
  WebStorage: WebStorage;
}
type FaultsOf<T> = { [K in keyof T & string]: AnyPath<T[K], K> }[keyof T & string];
same<FaultsOf<Public>, never>();
same<FaultsOf<PublicOfSdk>, never>();
same<FaultsOf<PublicOfAdmin>, never>();

// What an app sees of its own durin.
const t = initTRPC.context<DurinContext>().create();
declare const auth: typeof durin.durinRouter;
const router = t.router({ auth });
same<FaultsOf<{ durin: typeof durin; nameless: typeof namelessDurin }>, never>();
same<FaultsOf<{ inputs: inferRouterInputs<typeof router>; outputs: inferRouterOutputs<typeof router> }>, never>();
same<AnyPath<ReturnType<typeof router.createCaller>>, never>();
same<FaultsOf<{ client: (typeof Client)['~entity']; token: Omit<(typeof AuthToken)['~entity'], 'user'> }>, never>();
