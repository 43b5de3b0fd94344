import { initTRPC } from '@trpc/server';
import { type ClientConfig, createDurin, type DurinContext, type ProcedurePolicy } from '../../../src/index.ts';
import { clients, durin, required, type User } from './app.ts';
import { same } from './same.ts';

declare const user: User;
declare const context: DurinContext;

const scoped = createDurin({
  ...required,
  scopes: ['reports:read', 'reports:write', 'billing'],
  clients: { web: {}, api: { scopes: ['reports:read', 'billing'] } },
  scopesOf: ({ username }) => (username === 'alice' ? 'all' : ['reports:read']),
  loginResponse: ({ auth }) => ({ scopes: auth.scopes }),
});
type Scope = 'reports:read' | 'reports:write' | 'billing';

// Scopes are a union, and a guard with scopes narrows names as it does without.
scoped.authedProcedure.query(({ ctx }) => same<typeof ctx.auth.scopes, readonly Scope[]>());
scoped.scopedProcedure(['reports:read', 'billing']).query(({ ctx }) => same<typeof ctx.user.username, string>());
scoped.guardedProcedure({ clients: ['web'], scopes: ['billing'], anyScope: ['reports:read'] }).query(({ ctx }) => {
  same<typeof ctx.auth.client.name, 'web'>();
  same<typeof ctx.auth.scopes, readonly Scope[]>();
});
scoped.guardedProcedure({ exceptClients: ['web'], scopes: ['billing'] }).query(({ ctx }) => {
  same<typeof ctx.auth.client.name, 'api'>();
});
same<Awaited<ReturnType<typeof scoped.authenticate>>['scopes'], readonly Scope[]>();
void scoped.tokens.issue({ user, client: 'api', scopes: ['billing'] });
void scoped.tokens.issue({ user, client: 'api', scopes: [] });
// @ts-expect-error: read-only
scoped.authedProcedure.query(({ ctx }) => ctx.auth.scopes.push('billing'));

// Unknown scopes do not compile.
// @ts-expect-error: no such scope
scoped.scopedProcedure(['reports:raed']);
// @ts-expect-error: scopes come in a list
scoped.scopedProcedure('billing');
// @ts-expect-error: no such scope
scoped.guardedProcedure({ scopes: ['billing', 'reports:raed'] });
// @ts-expect-error: no such scope
scoped.guardedProcedure({ anyScope: ['reports:raed'] });
// @ts-expect-error: no such scope
void scoped.tokens.issue({ user, client: 'api', scopes: ['reports:raed'] });
// @ts-expect-error: a client's scopes come from the option, they do not add one
createDurin({ ...required, scopes: ['billing'], clients: { api: { scopes: ['reports:read'] } } });
// @ts-expect-error: the same, whatever the order
createDurin({ ...required, clients: { api: { scopes: ['reports:read'] } }, scopes: ['billing'] });
// @ts-expect-error: a user's scopes come from the option
createDurin({ ...required, scopes: ['billing'], scopesOf: () => ['reports:read'] });
// @ts-expect-error: it has to answer immediately
createDurin({ ...required, scopes: ['billing'], scopesOf: async () => ['billing'] });

// Without the option there is no scope.
durin.authedProcedure.query(({ ctx }) => same<typeof ctx.auth.scopes, readonly never[]>());
// @ts-expect-error: no such scope
durin.scopedProcedure(['billing']);
// @ts-expect-error: no such scope
durin.guardedProcedure({ scopes: ['billing'] });

// Options that an app writes elsewhere.
const scopes = ['billing', 'reports:read'] as const;
const config: Record<string, ClientConfig> = clients;
const ofScopes: Record<'web', ClientConfig<'billing'>> = { web: { scopes: ['billing'] } };
const elsewhere = createDurin({ ...required, scopes, clients: ofScopes });
elsewhere.authedProcedure.query(({ ctx }) => same<typeof ctx.auth.scopes, readonly ('billing' | 'reports:read')[]>());
createDurin({ ...required, scopes, clients: config }).scopedProcedure(['billing']);
declare const atRunTime: string[];
createDurin({ ...required, scopes: atRunTime }).scopedProcedure(['anything']);

const t = initTRPC.context<DurinContext & { db: object }>().create();
const router = t.router({
  auth: scoped.durinRouter,
  pay: t.procedure.concat(scoped.scopedProcedure(['billing'])).query(() => 1),
});
same<Awaited<ReturnType<typeof scoped.policyOf>>, ProcedurePolicy[]>();
void scoped.policyOf(router);
// @ts-expect-error: no router
void scoped.policyOf(scoped.authedProcedure);

// API keys.
const keyed = createDurin({
  ...required,
  scopes: ['read', 'write'],
  clients: {
    web: { maxSessions: 5 },
    api: {
      scopes: ['read'],
      keys: { max: 20, ttl: '90d', maxTtl: '365d', fresh: '15m', createFrom: ['web'], rate: '60/m' },
    },
    partner: { keys: { ttl: null, allowedNetworks: ({ username }) => [`${username}.example`] } },
  },
});
type ClientName = 'web' | 'api' | 'partner';

// The options of keys know the clients and the user.
createDurin({ ...required, clients: { web: {}, api: { keys: { allowedNetworks: ['203.0.113.0/24'] } } } });
// @ts-expect-error: no client has that name
createDurin({ ...required, clients: { web: {}, api: { keys: { createFrom: ['wbe'] } } } });
// @ts-expect-error: names come in a list
createDurin({ ...required, clients: { web: {}, api: { keys: { createFrom: 'web' } } } });
// @ts-expect-error: no such option
createDurin({ ...required, clients: { api: { keys: { maximum: 5 } } } });
// @ts-expect-error: no such unit
createDurin({ ...required, clients: { api: { keys: { maxTtl: '1y' } } } });
// @ts-expect-error: the user has no such column
createDurin({ ...required, clients: { api: { keys: { allowedNetworks: ({ networks }) => networks } } } });
// @ts-expect-error: it has to answer immediately
createDurin({ ...required, clients: { api: { keys: { allowedNetworks: async () => ['203.0.113.0/24'] } } } });

// The procedures know the clients and the scopes.
declare const caller: ReturnType<typeof keyed.durinRouter.createCaller>;
const key = await caller.keys.create({ client: 'api', name: 'CI', scopes: ['read'], ttl: null });
same<typeof key.token, string>();
same<typeof key.scopes, readonly ('read' | 'write')[]>();
same<typeof key.expiry, Date | null>();
const [listed] = await caller.keys.list({ client: 'api', unusedFor: '90d' });
same<typeof listed, Omit<typeof key, 'token'> | undefined>();
// @ts-expect-error: the list shows no token
void (await caller.keys.list())[0]?.token;
// @ts-expect-error: a key has a name
void caller.keys.create({ scopes: ['read'] });
// @ts-expect-error: no such scope
void caller.keys.create({ name: 'CI', scopes: ['raed'] });
// @ts-expect-error: no client has that name
void caller.keys.rename({ id: key.id, name: 'CI', client: 'apj' });
// @ts-expect-error: no client has that name
void caller.keys.revoke({ id: key.id, client: 'apj' });
// @ts-expect-error: no client has that name
void caller.keys.roll({ id: key.id, client: 'apj' });
// @ts-expect-error: no such unit
void caller.keys.roll({ id: key.id, overlap: '1w' });
same<Awaited<ReturnType<typeof caller.keys.revoke>>, void>();

// What issues tokens knows them too.
void keyed.tokens.issue({ user, client: 'api', name: 'CI', scopes: ['read'] });
// @ts-expect-error: no client has that name
void keyed.tokens.issue({ user, client: 'apj' });
// @ts-expect-error: no such scope
void keyed.tokens.issue({ user, client: 'api', scopes: ['raed'] });
// @ts-expect-error: no client has that name
void keyed.signIn({ user, client: 'wbe', ctx: context });
const signedIn = await keyed.signIn({ user, client: 'web', ctx: context });
same<typeof signedIn.auth.scopes, readonly ('read' | 'write')[]>();

// Names narrow in a chain of guards, and with `.concat()`.
t.procedure.concat(keyed.guardedProcedure({ clients: ['api', 'partner'], scopes: ['read'] })).query((call) => {
  same<typeof call.ctx.auth.client.name, 'api' | 'partner'>();
  same<typeof call.ctx.auth.scopes, readonly ('read' | 'write')[]>();
  same<typeof call.ctx.db, object>();
});
t.procedure.concat(keyed.guardedProcedure({ exceptClients: ['web'] })).query((call) => {
  same<typeof call.ctx.auth.client.name, Exclude<ClientName, 'web'>>();
});
