import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test.each([
  ['kept', {}],
  ['renewed', { refreshTokenOnLogin: true }],
])('the token that support holds ends at the login, if tokens are %s', async (_, options) => {
  const durin = createDurin({ ...app.options, ...options });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const login = () => callAs().auth.login({ username: 'alice', password, client: 'web' });
  const events = recordEvents(durin.events);
  for (const ttl of ['5m', undefined] as const) {
    const support = await durin.tokens.issue({ user: 1, client: 'web', ttl });
    const { token, expiry } = await login();
    expect(token).not.toBe(support.token);
    expect(expiry).toEqual(new Date(app.clock() + 86_400_000));
    expect(await callAs(support.token).me().catch(codeOf)).toBe('INVALID_TOKEN');
    expect(events.of('tokenRevoked').at(-1)).toMatchObject({ tokenId: support.auth.id, reason: 'replaced' });
    expect((await login()).token).toBe(token); // the user's own
  }
});
