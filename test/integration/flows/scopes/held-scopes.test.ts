import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { openApp, requestOf } from '../../../support/app.ts';
import { AuthToken, User } from '../../../support/entities.ts';

const scopes = ['reports:read', 'reports:write', 'a,{b}'] as const;

let app: Awaited<ReturnType<typeof openApp>>;
let durin: ReturnType<typeof createScopedDurin>;
beforeAll(async () => {
  app = await openApp();
  durin = createScopedDurin();
});
afterAll(() => app.close());

function createScopedDurin() {
  return createDurin({
    ...app.options,
    scopes,
    clients: {
      web: { tokenTtl: '1d', maxSessions: 5 },
      cli: { scopes: ['reports:read', 'a,{b}'] },
      api: {},
    },
    apiAccess: { clientName: 'api' },
    scopesOf: ({ username }) => (username.endsWith('bob') ? ['reports:read'] : 'all'),
  });
}

async function scopesOf(token: string) {
  return (await durin.authenticate(token)).scopes;
}

const callAs = (token: string) => durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
const keyOf = async (token: string) => (await callAs(token).apiAccess.create()).token;

describe('the scopes of a token', () => {
  test('are all of its client and its user, unless it was issued with some', async () => {
    const alice = await durin.tokens.issue({ user: 1, client: 'web' });
    expect(alice.auth.scopes).toEqual(scopes);
    const bob = await durin.tokens.issue({ user: 2, client: 'web' });
    expect(await scopesOf(bob.token)).toEqual(['reports:read']);
    const cli = await durin.tokens.issue({ user: 1, client: 'cli' });
    expect(await scopesOf(cli.token)).toEqual(['reports:read', 'a,{b}']);
  });

  test.each(['web', 'cli'] as const)('are stored with it, for a client such as %s', async (client) => {
    const { token, auth } = await durin.tokens.issue({ user: 1, client, scopes: ['a,{b}', 'reports:write'] });
    expect(await app.orm.em.fork().findOneOrFail(AuthToken, { id: auth.id })).toMatchObject({
      scopes: ['reports:write', 'a,{b}'],
    });
    expect(await scopesOf(token)).toEqual(client === 'web' ? ['reports:write', 'a,{b}'] : ['a,{b}']);
    const none = await durin.tokens.issue({ user: 1, client, scopes: [] });
    expect(await scopesOf(none.token)).toEqual([]);
  });

  test('stay when it is renewed', async () => {
    const { token, auth } = await durin.tokens.issue({ user: 1, client: 'cli', scopes: ['reports:read'] });
    await durin.tokens.renew(auth.id);
    expect(await scopesOf(token)).toEqual(['reports:read']);
  });

  test('change with the user', async () => {
    const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
    const em = app.orm.em.fork();
    const alice = await em.findOneOrFail(User, { username: 'alice' });
    alice.username = 'alice and bob';
    await em.flush();
    expect(await scopesOf(token)).toEqual(['reports:read']);
    alice.username = 'alice';
    await em.flush();
    expect(await scopesOf(token)).toEqual(scopes);
  });

  test('that the option no longer lists count as none', async () => {
    const { token } = await durin.tokens.issue({ user: 1, client: 'web', scopes: ['reports:read', 'a,{b}'] });
    const next = createDurin({ ...app.options, scopes: ['reports:read', 'billing'] });
    expect((await next.authenticate(token)).scopes).toEqual(['reports:read']);
    expect((await app.durin.authenticate(token)).scopes).toEqual([]);
  });

  test('are read by a rule that needs a column which populate leaves out', async () => {
    const { token } = await durin.tokens.issue({ user: 2, client: 'web' });
    const next = createDurin({
      ...app.options,
      populate: false,
      scopes,
      scopesOf: (user) => ((user as User).username.endsWith('bob') ? ['reports:write'] : 'all'),
    });
    expect(await next.authenticate(token)).toMatchObject({ user: { id: 2 }, scopes: ['reports:write'] });
  });
});

test('an API key gets no more scopes than the session that creates it', async () => {
  const web = await durin.tokens.issue({ user: 1, client: 'web' });
  expect(await scopesOf(await keyOf(web.token))).toEqual(scopes);
  for (const request of [{ client: 'cli' }, { client: 'web', scopes: ['reports:write'] }] as const) {
    await callAs(web.token).apiAccess.delete();
    const { token } = await durin.tokens.issue({ user: 1, ...request });
    expect(await scopesOf(await keyOf(token))).toEqual(await scopesOf(token));
  }
});

test.each([
  [['reports:raed'], "scopes: no scope 'reports:raed' in the option scopes"],
  ['reports:read', 'scopes must be a list of scopes'],
])('a token is not issued with the scopes %j', async (wrong, message) => {
  const issuing = durin.tokens.issue({ user: 1, client: 'web', scopes: wrong as never });
  await expect(issuing).rejects.toThrow(message);
});
