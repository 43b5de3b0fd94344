import { createServer } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { expressGuard } from '../../../src/http/index.ts';
import { describeRouteGuards } from '../../contracts/route-guard.ts';
import { listen } from '../adapters/node-server.ts';
import { answerTo, type RoutesDurin, routes } from './routes-app.ts';

function serve(durin: RoutesDurin, onError: (error: unknown) => void) {
  const app = express();
  for (const [path, options] of Object.entries(routes))
    app.all(path, expressGuard(durin, options), ({ auth }, response) => void response.send(answerTo(auth)));
  const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
    onError(error);
    response.status(500).send('an error');
  };
  app.use(answerError);
  return listen(createServer(app));
}

describeRouteGuards([{ name: 'expressGuard', setsHeaders: true, serve }]);
