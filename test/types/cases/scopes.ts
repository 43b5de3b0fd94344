import { initTRPC } from '@trpc/server';
import { type ClientConfig, createDurin, type DurinContext, type ProcedurePolicy } from '../../../src/index.ts';
import { clients, durin, required, type User } from './app.ts';
import { same } from './same.ts';

declare const user: User;

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

// Keys know the names too.
declare const caller: ReturnType<typeof scoped.durinRouter.createCaller>;
void caller.keys.create({ name: 'CI', client: 'api', scopes: ['billing'] });
same<Awaited<ReturnType<typeof caller.keys.create>>['scopes'], readonly Scope[]>();
// @ts-expect-error: no such scope
void caller.keys.create({ name: 'CI', scopes: ['reports:raed'] });
// @ts-expect-error: no such client
void caller.keys.list({ client: 'apj' });

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
