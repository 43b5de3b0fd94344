import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyTRPCRouter } from '@trpc/server';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { openApp, requestOf, t } from '../app.ts';
import { createKeysDurin, createKeysRouter } from '../keys/keys-app.ts';

/** The admin page of an app with scopes, API keys and a list of policies, on a free port. Its admin is alice. */
export async function openKeysAdmin() {
  const app = await openApp();
  const durin = createKeysDurin({ options: { ...app.options, now: Date.now } }, { max: 3, ttl: '90d' });
  await durin.clients.sync({ update: true });
  const router = createKeysRouter(durin);
  const { adminRouter, page } = createDurinAdmin(durin, {
    isAdmin: ({ user }) => user.username === 'alice',
    router: (): AnyTRPCRouter => appRouter,
  });
  const appRouter = t.router({ admin: adminRouter, app: router });
  const server = createServer((request, response) => void page(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    durin,
    /** The app's procedures, called with a token. */
    callWith: (token: string) => router.createCaller(durin.createContext(requestOf({ token }))),
    async close() {
      server.closeAllConnections();
      server.close();
      await durin.close();
      await app.close();
    },
  };
}

export type KeysAdmin = Awaited<ReturnType<typeof openKeysAdmin>>;
