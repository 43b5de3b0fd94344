import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { required, type User } from './app.ts';
import { same } from './same.ts';

declare const user: User;
declare const ctx: DurinContext;

const durin = createDurin({
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
declare const caller: ReturnType<typeof durin.durinRouter.createCaller>;
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
void durin.tokens.issue({ user, client: 'api', name: 'CI', scopes: ['read'] });
// @ts-expect-error: no client has that name
void durin.tokens.issue({ user, client: 'apj' });
// @ts-expect-error: no such scope
void durin.tokens.issue({ user, client: 'api', scopes: ['raed'] });
// @ts-expect-error: no client has that name
void durin.signIn({ user, client: 'wbe', ctx });
const signedIn = await durin.signIn({ user, client: 'web', ctx });
same<typeof signedIn.auth.scopes, readonly ('read' | 'write')[]>();

// Names narrow in a chain of guards, and with `.concat()`.
const t = initTRPC.context<DurinContext & { db: object }>().create();
t.procedure.concat(durin.guardedProcedure({ clients: ['api', 'partner'], scopes: ['read'] })).query((call) => {
  same<typeof call.ctx.auth.client.name, 'api' | 'partner'>();
  same<typeof call.ctx.auth.scopes, readonly ('read' | 'write')[]>();
  same<typeof call.ctx.db, object>();
});
t.procedure.concat(durin.guardedProcedure({ exceptClients: ['web'] })).query((call) => {
  same<typeof call.ctx.auth.client.name, Exclude<ClientName, 'web'>>();
});
