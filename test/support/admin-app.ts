import { createDurinAdmin } from '../../src/admin/index.ts';
import type { DurinEvents } from '../../src/index.ts';
import { type Caller, openApp, requestOf, t } from './app.ts';
import { User } from './entities.ts';

/** The test app with an admin router. Users with the role `admin` are admins; alice is one. */
export async function openAdminApp() {
  const app = await openApp();
  const { orm, durin } = app;
  const em = orm.em.fork();
  await em.nativeUpdate(User, { username: 'alice' }, { role: 'admin' });
  const alice = await em.findOneOrFail(User, { username: 'alice' });
  const bob = await em.findOneOrFail(User, { username: 'bob' });
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: ({ user }) => user.role === 'admin' });
  const router = t.router({ admin: adminRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const actions: DurinEvents['adminAction'][] = [];
  durin.events.on('adminAction', (event) => actions.push(event));

  return {
    ...app,
    alice,
    bob,
    router,
    adminRouter,
    /** The events `adminAction` so far. Tests empty it before they start. */
    actions,
    callAs: (caller: Caller = {}) => router.createCaller(durin.createContext(requestOf(caller))),
    /** Issues alice a token for `web` and returns a caller of the admin router. */
    async asAlice() {
      const { token, auth } = await durin.tokens.issue({ user: alice, client: 'web' });
      const { admin } = router.createCaller(durin.createContext(requestOf({ token })));
      return { admin, token, tokenId: auth.id };
    },
    /** Adds users with these names and returns them in this order. */
    async addUsers(names: readonly string[]) {
      const own = orm.em.fork();
      const users = names.map((username) => own.create(User, { username, passwordHash: null }));
      await own.flush();
      return users;
    },
    async close() {
      await durin.close();
      await app.close();
    },
  };
}

export type AdminApp = Awaited<ReturnType<typeof openAdminApp>>;
