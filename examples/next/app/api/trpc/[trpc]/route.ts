import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { openApp } from '@/server/app.ts';

async function handle(req: Request): Promise<Response> {
  const { durin, router } = await openApp();
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router,
    createContext: durin.createContext,
    responseMeta: durin.responseMeta,
    onError: ({ path, error }) => error.cause && console.error(path, error.cause),
  });
}

export { handle as GET, handle as POST };
