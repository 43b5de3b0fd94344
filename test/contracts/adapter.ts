import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AppRouter,
  connect,
  createAppRouter,
  createDurinBehind,
  createDurinWithApiKeys,
  credentials,
  issueToken,
  type Served,
  type TestApp,
  type TestDurin,
} from '../integration/adapters/adapter-app.ts';
import { openApp } from '../support/app.ts';

/** One way of serving the router over HTTP. */
export interface Adapter {
  name: string;
  /** Serves the router as an app would. */
  serve(router: AppRouter, durin: TestDurin): Promise<Served>;
  /** The caller's address as the adapter tells it; `null`: it does not. */
  peerAddress: string | null;
}

/** What holds on every HTTP adapter. Gives the app, for an adapter's own tests. */
export function describeAdapters(adapters: readonly Adapter[]): () => TestApp {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());

  describe.each(adapters)('$name', ({ serve, peerAddress }) => {
    let served: Served;
    beforeAll(async () => {
      served = await serve(createAppRouter(app.durin), app.durin);
    });
    afterAll(() => served.close());

    test('a user logs in and is known by the token', async () => {
      const anonymous = connect(served);
      const { token } = await anonymous.client.auth.login.mutate(credentials);
      expect(anonymous.responses[0]?.headers.get('cache-control')).toBe('no-store');
      const { client } = connect(served, { token });
      expect(await client.me.query()).toBe('alice');
      expect(await client.publish.mutate()).toBe('alice by web');
      expect(await client.report.query()).toBe('alice');
    });

    test("a session has its caller's address and agent, and knows its own token", async () => {
      const headers = { 'user-agent': 'durin-test/1.0' };
      const login = { ...credentials, username: 'bob', client: 'cli' } as const;
      const { token } = await connect(served, { headers }).client.auth.login.mutate(login);
      await issueToken(app, 2, 'api');
      const sessions = await connect(served, { token, headers }).client.auth.sessions.list.query();
      expect(sessions.map(({ client, isCurrent }) => [client, isCurrent]).toSorted()).toEqual([
        ['api', false],
        ['cli', true],
      ]);
      expect(sessions.find(({ isCurrent }) => isCurrent)).toMatchObject({
        ipAddress: peerAddress,
        userAgent: 'durin-test/1.0',
      });
    });

    test.each([
      ['no token', {}, 'NO_CREDENTIALS', 'Token realm="api"'],
      ['a forged token', { token: 'f'.repeat(64) }, 'INVALID_TOKEN', 'Token realm="api", error="invalid_token"'],
      [
        'a header without a token',
        { headers: { authorization: 'Token' } },
        'MALFORMED_HEADER',
        'Token realm="api", error="invalid_token"',
      ],
      ['another scheme', { headers: { authorization: 'Basic YTpi' } }, 'NO_CREDENTIALS', 'Token realm="api"'],
    ])('%s is refused with 401 and a challenge', async (_, connection, code, challenge) => {
      const { client, responses } = connect(served, connection);
      await expect(client.me.query()).rejects.toMatchObject({ data: { durin: { code }, httpStatus: 401 } });
      expect(responses[0]?.status).toBe(401);
      expect(responses[0]?.headers.get('www-authenticate')).toBe(challenge);
    });

    test('the scheme Bearer is read as well', async () => {
      const authorization = `bearer ${await issueToken(app, 1, 'api')}`;
      expect(await connect(served, { headers: { authorization } }).client.me.query()).toBe('alice');
    });

    test.each([
      [0, peerAddress],
      [1, '203.0.113.3'],
      [2, '203.0.113.2'],
    ])('behind %i proxies, the address is %s, whatever the caller claims', async (trustProxy, expected) => {
      const durin = createDurinBehind(app, trustProxy);
      const proxied = await serve(createAppRouter(durin), durin);
      try {
        const claimed = { 'x-forwarded-for': '198.51.100.1, 198.51.100.9, 203.0.113.2, 203.0.113.3' };
        const { client } = connect(proxied, { headers: claimed });
        expect(await client.origin.query()).toMatchObject({ ip: expected });
      } finally {
        await proxied.close();
      }
    });

    test('ctx.durin.header returns a header of the request', async () => {
      const { client } = connect(served, { headers: { 'x-client': 'cli' } });
      expect(await client.clientHeader.query()).toBe('cli');
      expect(await connect(served).client.clientHeader.query()).toBeNull();
    });

    test('apiKeyHeader is read where there is no Authorization header', async () => {
      const durin = createDurinWithApiKeys(app);
      const keyed = await serve(createAppRouter(durin), durin);
      try {
        const apiKey = { 'x-api-key': await issueToken(app, 1, 'api') };
        const { client, responses } = connect(keyed, { headers: apiKey });
        expect(await client.me.query()).toBe('alice');
        expect(responses[0]?.headers.get('cache-control')).toBe('private');
        const withBoth = connect(keyed, { token: await issueToken(app, 2, 'api'), headers: apiKey });
        expect(await withBoth.client.me.query()).toBe('bob');
        expect(withBoth.responses[0]?.headers.get('cache-control')).toBeNull();
        const unread = connect(served, { headers: apiKey }).client;
        await expect(unread.me.query()).rejects.toMatchObject({ data: { durin: { code: 'NO_CREDENTIALS' } } });
      } finally {
        await keyed.close();
      }
    });
  });

  return () => app;
}
