import { type AnyName, durin } from '../app.ts';
import { same } from '../same.ts';
import { type RouteSession, scoped } from './guarded-app.ts';

// durin.guard takes what guardedProcedure takes

const anyone = await durin.guard('a token');
same<string, typeof anyone.user.username>();
same<AnyName, typeof anyone.client.name>();
same<RouteSession, typeof anyone>();
const web = await durin.guard(new Headers(), { clients: ['web'] });
same<'web', typeof web.client.name>();
const others = await durin.guard(new Request('http://localhost'), { exceptClients: ['web'] });
same<'cli', typeof others.client.name>();
const reader = await scoped.guard({ headers: {} }, { scopes: ['read'], rate: '5/m', scope: 'reports' });
same<readonly ('read' | 'write')[], typeof reader.scopes>();
// @ts-expect-error: no client has this name
await durin.guard('a token', { clients: ['wbe'] });
// @ts-expect-error: no scope has this name
await scoped.guard('a token', { scopes: ['reed'] });
// @ts-expect-error: no guard has this option
await durin.guard('a token', { client: ['web'] });
