import { createServer } from 'node:http';
import { createHTTPHandler, createHTTPServer } from '@trpc/server/adapters/standalone';
import { describeAdapters } from '../../contracts/adapter.ts';
import { listen } from './node-server.ts';

describeAdapters([
  {
    name: 'createHTTPServer',
    peerAddress: '127.0.0.1',
    serve: (router, { createContext, responseMeta }) =>
      listen(createHTTPServer({ router, createContext, responseMeta })),
  },
  {
    name: 'createHTTPHandler in a server of node:http',
    peerAddress: '127.0.0.1',
    serve: (router, durin) =>
      listen(
        createServer(
          createHTTPHandler({ router, createContext: durin.createContext, responseMeta: durin.responseMeta }),
        ),
      ),
  },
]);
