import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

type AuthSource = Parameters<typeof app.durin.authenticate>[0];

test.each<[string, (token: string) => AuthSource, string | null, string | null]>([
  ['a Node request', (token) => requestOf({ token, ipAddress: '192.0.2.7' }).req, '192.0.2.7', 'test'],
  ['headers', (token) => requestOf({ token }).req.headers, null, 'test'],
  ['a token', (token) => token, null, null],
])('the use of a token by durin.authenticate with %s is recorded', async (_, sourceOf, ipAddress, userAgent) => {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(sourceOf(token));
  await durin.close(); // writes pending uses
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf({ token })));
  const [session] = await auth.sessions.list();
  expect(session).toMatchObject({ lastUsedAt: new Date(app.clock()), ipAddress, userAgent });
});
