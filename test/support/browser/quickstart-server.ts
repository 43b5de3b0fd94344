import { createAdmin } from '../../../examples/quickstart/admin.ts';
import { createAuth } from '../../../examples/quickstart/auth.ts';
import { createUser, demoAdmin, demoUser } from '../../../examples/quickstart/database.ts';
import { entities, User } from '../../../examples/quickstart/entities.ts';
import { createAppRouter } from '../../../examples/quickstart/router.ts';
import { type RunningServer, startServer } from '../../../examples/quickstart/server.ts';
import { closeDatabase, openDatabase } from '../database.ts';

/** The quickstart's server on a free port, with a database of its own, and a second user: bob, with alice's password. */
export async function openQuickstart() {
  const orm = await openDatabase({ entities });
  const auth = createAuth(orm, 'a secret of the tests, long enough for them');
  await auth.clients.sync();
  for (const user of [demoUser, demoAdmin]) await createUser(orm, user);
  const em = orm.em.fork();
  const alice = await em.findOneOrFail(User, { username: demoUser.username });
  em.create(User, { username: 'bob', passwordHash: alice.passwordHash });
  await em.flush();
  const admin = createAdmin(auth);
  const router = createAppRouter(auth, admin);
  let server: RunningServer = await startServer(auth, router, admin, 0);
  const { url } = server;

  return {
    url,
    orm,
    auth,
    router,
    /** Of alice. */
    userId: alice.id,
    /** Nothing listens any more; the sessions are kept. */
    stop: () => server.close(),
    /** Listens again where it did. */
    async start() {
      server = await startServer(auth, router, admin, Number(new URL(url).port));
    },
    async close() {
      await server.close();
      await auth.close();
      await closeDatabase(orm);
    },
  };
}

export type Quickstart = Awaited<ReturnType<typeof openQuickstart>>;
