import { createDurinAdmin, type DurinAdmin } from '../../../src/admin/index.ts';
import { namelessDurin, type durin as typed, User } from './app.ts';
import { same } from './same.ts';

declare const durin: typeof typed;

// What `isAdmin`, `userLabel` and `searchUsers` are given is of the app's types.
const admin = createDurinAdmin(durin, {
  isAdmin: ({ user, auth, durin: request }) => {
    same<typeof user.username, string>();
    same<typeof auth.client.name, 'web' | 'cli'>();
    same<typeof request.ipAddress, string | null>();
    return auth.client.name === 'web';
  },
  userLabel: (user) => {
    same<typeof user.birthday, Date | null>();
    same<typeof user.organization, number | null>();
    return user.username;
  },
  searchUsers: async ({ search, em, limit }) => {
    same<typeof search, string>();
    same<typeof limit, number>();
    return em.find(User, {}, { limit });
  },
});
same<typeof admin, DurinAdmin>();
createDurinAdmin(namelessDurin, { isAdmin: async () => true, searchUsers: () => [1, 2] });

// @ts-expect-error -- who is an admin has to be said
createDurinAdmin(durin, {});
// @ts-expect-error -- no such option
createDurinAdmin(durin, { isAdmin: () => true, admins: ['alice'] });
// @ts-expect-error -- a user has no such column
createDurinAdmin(durin, { isAdmin: ({ user }) => user.isRoot });
// @ts-expect-error -- hidden columns are not there
createDurinAdmin(durin, { isAdmin: () => true, userLabel: (user) => user.passwordHash });
// @ts-expect-error -- keys of another type
createDurinAdmin(durin, { isAdmin: () => true, searchUsers: () => ['1'] });
// @ts-expect-error -- no durin
createDurinAdmin({}, { isAdmin: () => true });

// What the router takes and gives is typed.
const caller = admin.adminRouter.createCaller({} as never);
const page = () => caller.tokens.list({ state: 'valid', sort: 'expiry' });
same<Awaited<ReturnType<typeof page>>['items'][number]['user']['id'], string | number>();
// @ts-expect-error -- no such sort
void (() => caller.tokens.list({ sort: 'name' }));
// @ts-expect-error -- no such duration
void (() => caller.clients.create({ name: 'web', tokenTtl: '1 day' }));
