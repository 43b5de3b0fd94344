import express, { type Request } from 'express';
import { expressGuard } from '../../../../src/http/index.ts';
import { durin } from '../app.ts';
import { same } from '../same.ts';
import { type RouteSession, scoped } from './guarded-app.ts';

declare global {
  namespace Express {
    interface Request {
      auth: RouteSession;
    }
  }
}

const app = express();
app.use(expressGuard(durin));
app.get('/reports/:id', expressGuard(durin, { clients: ['web'], fresh: '10m' }), (request, response) => {
  same<string, typeof request.params.id>();
  same<RouteSession, typeof request.auth>();
  response.send(request.auth.user.username);
});
app.post('/reports', express.json(), expressGuard(durin), async ({ auth }: Request, response) => {
  response.json({ name: auth.client.name });
});
express.Router().use('/admin', expressGuard(scoped, { anyScope: ['read', 'write'] }));
// @ts-expect-error: no client has this name
expressGuard(durin, { clients: ['wbe'] });
// @ts-expect-error: it is no durin
expressGuard({});
