import { once } from 'node:events';
import { createTRPCClient, httpBatchLink, safe } from '@trpc/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { hashPassword } from 'trpc-durin/password';
import { durin, orm } from './auth.ts';
import { Team, User } from './entities.ts';
import { type AppRouter, appRouter } from './router.ts';
import { handle } from './routes.ts';

await orm.schema.create();
const em = orm.em.fork();
const team = em.create(Team, { name: 'Blue' });
em.create(User, { username: 'alice', passwordHash: await hashPassword('secret'), team });
await em.flush();
await durin.clients.sync();

const server = createHTTPServer({
  router: appRouter,
  createContext: (call) => ({ ...durin.createContext(call), startedAt: new Date() }),
  responseMeta: durin.responseMeta,
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

let token: string | undefined;
const trpc = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url: `http://127.0.0.1:${port}`,
      transformer: superjson,
      headers: () => (token === undefined ? {} : { authorization: `Token ${token}` }),
    }),
  ],
});

const [, refused] = await safe(trpc.me.query());
console.log('without a token:', refused?.data?.durin?.code);
const login = await trpc.auth.login.mutate({ username: 'alice', password: 'secret', client: 'web' });
token = login.token;
console.log('logged in:', login.user.username, login.expiry instanceof Date);
console.log('me:', JSON.stringify(await trpc.me.query()));
console.log('report:', (await trpc.report.query()).team, '- publish:', await trpc.publish.mutate());
const route = await handle(new Request('http://localhost', { headers: { authorization: `Token ${token}` } }));
console.log('route:', route.status, await route.text());
await trpc.auth.logout.mutate();
const [, ended] = await safe(trpc.me.query());
console.log('after logout:', ended?.data?.durin?.code);

server.close();
await durin.close();
await orm.close();
