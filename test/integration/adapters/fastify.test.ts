import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import fastify from 'fastify';
import { describeAdapters } from '../../contracts/adapter.ts';
import type { AppRouter, TestDurin } from './adapter-app.ts';

async function serve(router: AppRouter, { createContext, responseMeta }: TestDurin) {
  const server = fastify({ routerOptions: { maxParamLength: 5000 }, forceCloseConnections: true });
  const trpcOptions = { router, createContext, responseMeta };
  await server.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: trpcOptions satisfies FastifyTRPCPluginOptions<AppRouter>['trpcOptions'],
  });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${address}/trpc`, close: () => server.close() };
}

describeAdapters([{ name: 'Fastify', peerAddress: '127.0.0.1', serve }]);
