import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, password, requestOf, requiredOptions, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('the token, the expiry and the user are those of the login', async () => {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    serializeUser: ({ username }) => ({ username }),
    loginResponse: () => ({ token: 'mine', expiry: 1, user: 'me', motd: 'welcome' }),
  });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const answer = await auth.login({ username: 'alice', password, client: 'web' });
  expect(answer).toEqual({
    token: expect.any(String) as string,
    expiry: expect.any(Date) as Date,
    user: { username: 'alice' },
    motd: 'welcome',
  });
  expect((await durin.authenticate(answer.token)).user.username).toBe('alice');
});
