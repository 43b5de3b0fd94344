import { createDurinAdmin, type DurinAdmin } from '../../../src/admin/index.ts';
import { type AnyName, namelessDurin, type durin as typed, User } from './app.ts';
import { same } from './same.ts';

declare const durin: typeof typed;

// `isAdmin`, `userLabel` and `searchUsers` receive the app's types.
const admin = createDurinAdmin(durin, {
  isAdmin: ({ user, auth, durin: request }) => {
    same<typeof user.username, string>();
    same<typeof auth.client.name, AnyName>();
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

// @ts-expect-error -- isAdmin is required
createDurinAdmin(durin, {});
// @ts-expect-error -- unknown option
createDurinAdmin(durin, { isAdmin: () => true, admins: ['alice'] });
// @ts-expect-error -- users have no such column
createDurinAdmin(durin, { isAdmin: ({ user }) => user.isRoot });
// @ts-expect-error -- hidden columns are not passed
createDurinAdmin(durin, { isAdmin: () => true, userLabel: (user) => user.passwordHash });
// @ts-expect-error -- the keys have another type
createDurinAdmin(durin, { isAdmin: () => true, searchUsers: () => ['1'] });
// @ts-expect-error -- not a durin
createDurinAdmin({}, { isAdmin: () => true });

// The router's inputs and outputs are typed.
const caller = admin.adminRouter.createCaller({} as never);
const page = () => caller.tokens.list({ state: 'valid', sort: 'expiry' });
same<Awaited<ReturnType<typeof page>>['items'][number]['user']['id'], string | number>();
// @ts-expect-error -- unknown sort
void (() => caller.tokens.list({ sort: 'name' }));
// @ts-expect-error -- not a duration
void (() => caller.clients.create({ name: 'web', tokenTtl: '1 day' }));
