import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { honoGuard } from '../../../../src/http/index.ts';
import { durin } from '../app.ts';
import { same } from '../same.ts';
import type { RouteSession } from './guarded-app.ts';

const hono = new Hono<{ Variables: { auth: RouteSession } }>();
hono.use(honoGuard(durin));
hono.get('/report', honoGuard(durin, { clients: ['web'] }), (c) => {
  const auth = c.get('auth');
  same<RouteSession, typeof auth>();
  same<string, typeof c.var.auth.user.username>();
  return c.text(auth.user.username);
});
hono.get('/near', honoGuard(durin, { ipAddress: (c: Context) => getConnInfo(c).remote.address }), (c) =>
  c.text('near'),
);
const middleware: MiddlewareHandler<{ Variables: { auth: RouteSession } }> = honoGuard(durin);
hono.use('/admin/*', middleware);
serve(hono);
// @ts-expect-error: no client has this name
honoGuard(durin, { clients: ['wbe'] });
const undeclared = new Hono<{ Variables: { user: string } }>();
// @ts-expect-error: the app does not say that a request has `auth`
undeclared.get('/report', honoGuard(durin), (c) => c.text(c.get('auth').id));
const otherwise = new Hono<{ Variables: { auth: string } }>();
// @ts-expect-error: the app says that it is something else
otherwise.get('/report', honoGuard(durin), (c) => c.text(c.get('auth')));
