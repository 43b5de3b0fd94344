import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { requestOf } from '../../support/app.ts';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';
import { User } from '../../support/entities.ts';

interface Session {
  readonly id: string;
  readonly user: number;
  /** A client of its own. */
  readonly client: string;
}

type Admin = ReturnType<typeof adminOf>;

/** What an admin does to a session, and the error or client name that a look-up returns afterwards. */
const changes: Record<string, { apply(admin: Admin, session: Session): Promise<unknown>; seen: string }> = {
  'revoked the token': { apply: (admin, { id }) => admin.tokens.revoke({ id }), seen: 'INVALID_TOKEN' },
  'revoked all tokens of the user': {
    apply: (admin, { user }) => admin.tokens.revokeAllOf({ user }),
    seen: 'INVALID_TOKEN',
  },
  'issued another token to the pair': {
    apply: (admin, { user, client }) => admin.tokens.issue({ user, client }),
    seen: 'INVALID_TOKEN',
  },
  'deleted the client': { apply: (admin, { client: name }) => admin.clients.delete({ name }), seen: 'INVALID_TOKEN' },
  'renamed the client': {
    apply: (admin, { client: name }) => admin.clients.update({ name, changes: { name: 'renamed' } }),
    seen: 'renamed',
  },
};

function adminOf({ here }: CachedApp, token: string) {
  const { adminRouter } = createDurinAdmin(here, { isAdmin: ({ user }) => user.username === 'alice' });
  return adminRouter.createCaller(here.createContext(requestOf({ token })));
}

describe.each(kinds)('with a %s cache', (kind) => {
  let app: CachedApp;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());

  test.for(Object.entries(changes))('every process sees immediately that an admin %s', async ([client, change]) => {
    const { id: user } = await app.orm.em.fork().findOneOrFail(User, { username: 'bob' });
    await app.here.clients.create({ name: client });
    const { token, auth } = await app.here.tokens.issue({ user, client: client as never });
    await app.warm(token);
    const admin = adminOf(app, (await app.login('web', 'alice')).token);
    await change.apply(admin, { id: auth.id, user, client });
    expect(await app.look(token, (seen) => seen.client.name)).toEqual([change.seen, change.seen]);
  });
});
