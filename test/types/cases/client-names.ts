import { createDurin } from '../../../src/index.ts';
import { type AnyName, clients, durin, namelessDurin, required, type User } from './app.ts';
import { same } from './same.ts';

declare const user: User;

// With `clients`, names are a union.
durin.clientProcedure(['web']).query(({ ctx }) => same<typeof ctx.auth.client.name, 'web'>());
durin.clientProcedure(['web', 'cli']).query(({ ctx }) => same<typeof ctx.auth.client.name, 'web' | 'cli'>());
durin.clientProcedure.except(['web']).query(({ ctx }) => same<typeof ctx.auth.client.name, 'cli'>());
// Where any client may call, the name may also be one that was created at run time.
durin.authedProcedure.query(({ ctx }) => {
  same<typeof ctx.auth.client.name, AnyName>();
  // @ts-expect-error: it need not be one of the option
  return ctx.auth.client.name satisfies 'web' | 'cli';
});
// @ts-expect-error: no client has that name
durin.clientProcedure(['wbe']);
// @ts-expect-error: one of the names is no client's
durin.clientProcedure(['web', 'desktop']);
// @ts-expect-error: no client has that name
durin.clientProcedure.except(['wbe']);
// @ts-expect-error: names come in a list
durin.clientProcedure('web');

// guardedProcedure is the same in one builder.
durin.guardedProcedure({}).query(({ ctx }) => same<typeof ctx.auth.client.name, AnyName>());
durin.guardedProcedure({ rate: '5/m' }).query(({ ctx }) => same<typeof ctx.auth.client.name, AnyName>());
durin.guardedProcedure({ clients: ['web'] }).query(({ ctx }) => same<typeof ctx.auth.client.name, 'web'>());
durin
  .guardedProcedure({ exceptClients: ['web'], rate: '5/m', scope: 'publish' })
  .query(({ ctx }) => same<typeof ctx.auth.client.name, 'cli'>());
// @ts-expect-error: no client has that name
durin.guardedProcedure({ clients: ['wbe'] });
// @ts-expect-error: no client has that name
durin.guardedProcedure({ exceptClients: ['web', 'wbe'] });
// @ts-expect-error: no such option
durin.guardedProcedure({ client: ['web'] });
// @ts-expect-error: no such unit
durin.guardedProcedure({ rate: '5/minute' });

void durin.tokens.issue({ user, client: 'cli', ttl: '90d' });
// @ts-expect-error: no client has that name
void durin.tokens.issue({ user, client: 'desktop' });

createDurin({ ...required, clients, apiAccess: { clientName: 'cli' } });
// @ts-expect-error: no client has that name
createDurin({ ...required, clients, apiAccess: { clientName: 'api' } });
// @ts-expect-error: the names come from `clients`, `apiAccess` does not add one
createDurin({ ...required, apiAccess: { clientName: 'api' }, clients: { web: {} } });

// Without `clients`, they are strings.
namelessDurin.clientProcedure(['anything']).query(({ ctx }) => same<typeof ctx.auth.client.name, 'anything'>());
namelessDurin
  .guardedProcedure({ clients: ['anything'] })
  .query(({ ctx }) => same<typeof ctx.auth.client.name, 'anything'>());
namelessDurin.clientProcedure.except(['anything']).query(({ ctx }) => same<typeof ctx.auth.client.name, string>());
namelessDurin.authedProcedure.query(({ ctx }) => same<typeof ctx.auth.client.name, string>());
void namelessDurin.tokens.issue({ user: 1, client: 'anything' });
createDurin({ ...required, apiAccess: { clientName: 'api' } });
