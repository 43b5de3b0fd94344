import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Served } from '../integration/adapters/adapter-app.ts';
import { openRoutesApp, type RoutesApp, type RoutesDurin } from '../integration/routes/routes-app.ts';

/** One way of guarding routes that are not tRPC. */
export interface RouteServer {
  name: string;
  /** Whether the guard sets headers of answers to callers that it lets in. */
  setsHeaders: boolean;
  /**
   * Serves each of `routes` to GET and POST.
   * @param onError receives the errors that are no refusals, which are answered with status 500
   */
  serve(durin: RoutesDurin, onError: (error: unknown) => void): Promise<Served>;
}

/** What holds for every way of guarding a route. */
export function describeRouteGuards(servers: readonly RouteServer[]): void {
  describe.each(servers)('$name', ({ serve, setsHeaders }) => {
    let app: RoutesApp;
    let served: Served;
    const errors: unknown[] = [];
    beforeAll(async () => {
      app = await openRoutesApp();
      served = await serve(app.durin, (error) => errors.push(error));
    });
    afterAll(async () => {
      await served.close();
      await app.close();
    });
    beforeEach(() => app.clock.advance(60));

    async function request(
      path: string,
      authorization?: string,
      init: { method?: string; headers?: Record<string, string> } = {},
    ): Promise<Response> {
      const send = served.fetch ?? fetch;
      const headers = { ...(authorization !== undefined && { authorization }), ...init.headers };
      return send(`${served.url}${path}`, { ...init, headers });
    }

    async function issue(client: 'web' | 'cli' | 'api', user = 1): Promise<string> {
      const { token } = await app.durin.tokens.issue({ user, client, name: crypto.randomUUID() });
      return `Bearer ${token}`;
    }

    test.each(['GET', 'POST'])('a %s of a valid session is answered, and knows the session', async (method) => {
      const response = await request('/me', await issue('web'), { method });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('alice by web');
      expect(response.headers.get('www-authenticate')).toBeNull();
    });

    const plain = 'Bearer realm="api"';
    const forged = `Bearer ${'f'.repeat(64)}`;
    test.each([
      ['no token', '/me', undefined, 401, { code: 'NO_CREDENTIALS' }, plain],
      ['another scheme', '/me', 'Basic YTpi', 401, { code: 'NO_CREDENTIALS' }, plain],
      ['a forged token', '/me', forged, 401, { code: 'INVALID_TOKEN' }, `${plain}, error="invalid_token"`],
      [
        'no token after the scheme',
        '/me',
        'Bearer',
        401,
        { code: 'MALFORMED_HEADER' },
        `${plain}, error="invalid_token"`,
      ],
      ['another client', '/web', 'cli', 403, { code: 'CLIENT_NOT_ALLOWED' }, `${plain}, error="insufficient_scope"`],
      [
        'a scope too few',
        '/write',
        'cli',
        403,
        { code: 'INSUFFICIENT_SCOPE', missing: ['write'] },
        `${plain}, error="insufficient_scope", scope="write"`,
      ],
      [
        'a key where no scope is named',
        '/me',
        'api',
        403,
        { code: 'INSUFFICIENT_SCOPE', missing: [] },
        `${plain}, error="insufficient_scope"`,
      ],
      [
        'a session that is not fresh',
        '/fresh',
        'web',
        401,
        { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 },
        `${plain}, error="insufficient_user_authentication", max_age=600`,
      ],
    ] as const)('%s is refused with status, body and challenge', async (_, path, caller, status, durin, challenge) => {
      const isClient = caller === 'web' || caller === 'cli' || caller === 'api';
      const response = await request(path, isClient ? await issue(caller) : caller);
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ message: expect.stringMatching(/^[A-Z].*\.$/) as string, ...durin });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': expect.stringMatching(/^application\/json\b/) as string,
        'cache-control': 'no-store',
        'www-authenticate': challenge,
      });
    });

    test('a limit of a route is counted, and refuses with its state', async () => {
      const authorization = await issue('web');
      const statuses = [];
      for (const _ of [1, 2]) statuses.push((await request('/search', authorization)).status);
      const response = await request('/search', authorization);
      expect([...statuses, response.status]).toEqual([200, 200, 429]);
      const seconds = Number(response.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(await response.json()).toEqual({
        message: 'Request was throttled.',
        code: 'THROTTLED',
        scope: 'search',
        retryAfter: seconds,
      });
      expect(response.headers.get('ratelimit-policy')).toBe('"search";q=2;w=60');
      expect(response.headers.get('ratelimit')).toBe(`"search";r=0;t=${seconds}`);
      expect(response.headers.get('www-authenticate')).toBeNull();
    });

    test("a refusal reports the client's rate, to which it counted", async () => {
      const authorization = await issue('cli');
      const response = await request('/fresh', authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('ratelimit-policy')).toBe('"client";q=3;w=60');
    });

    test('a key reaches the routes that name its scopes', async () => {
      const response = await request('/write', await issue('api'));
      expect(await response.text()).toBe('alice by api');
    });

    const limits = setsHeaders ? (expect.stringMatching(/^"client";r=\d;t=\d+$/) as string) : null;
    test(`an answer has ${setsHeaders ? 'its limits' : 'no header of the guard'}`, async () => {
      const response = await request('/read', await issue('cli'));
      expect(response.headers.get('ratelimit')).toEqual(limits);
      expect(response.headers.get('cache-control')).toBeNull();
    });

    const cacheControl = setsHeaders ? 'private' : null;
    test(`a key in a header of its own has Cache-Control ${cacheControl}`, async () => {
      const token = (await issue('api')).slice('Bearer '.length);
      const response = await request('/read', undefined, { headers: { 'x-api-key': token } });
      expect(await response.text()).toBe('alice by api');
      expect(response.headers.get('cache-control')).toBe(cacheControl);
    });

    test('a refused HEAD has the headers, and no body', async () => {
      const response = await request('/me', undefined, { method: 'HEAD' });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe(plain);
      expect(await response.text()).toBe('');
    });

    test("what the app's callbacks throw is left to the server", async () => {
      errors.length = 0;
      const response = await request('/read', await issue('web', 2));
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('directory');
      expect(errors).toMatchObject([{ cause: { message: 'the directory is down' } }]);
    });
  });
}
