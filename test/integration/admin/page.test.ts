import { safe } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { clients, password, requiredOptions } from '../../support/app.ts';
import { callPage, linksIn, openPageApp, type PageApp, signIn } from './page-app.ts';

let app: PageApp;
beforeAll(async () => {
  app = await openPageApp();
});
afterAll(() => app.close());

const origin = 'http://localhost';
const get = (path: string, init?: RequestInit) => app.page(new Request(origin + path, init));
const fromAfar: typeof fetch = (input, init) => app.page(new Request(input, init), { ipAddress: '203.0.113.9' });
const asServer: typeof fetch = (input, init) => app.page(new Request(input, init));

async function firstScript(mount = '/admin/'): Promise<string> {
  const html = await (await get(mount)).text();
  const link = linksIn(html).find((path) => path.endsWith('.js')) ?? '';
  return new URL(link, origin + mount).pathname;
}

async function configOf(page: PageApp['page']) {
  const html = await (await page(new Request(`${origin}/`))).text();
  return JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/.exec(html)?.[1] ?? 'null') as unknown;
}

const isAdmin = () => true;
const credentials = (username: string) => ({ username, password, client: 'web' });

describe('the page', () => {
  test.for(['/', '/admin/', '/a/b/c/', '/api/admin/', '/assets/'])('works at %s, with its files', async (mount) => {
    const response = await get(mount);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const links = linksIn(await response.text());
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      const { pathname } = new URL(link, origin + mount);
      const file = await get(pathname);
      expect(`${pathname} ${file.status}`).toBe(`${pathname} 200`);
      expect(file.headers.get('content-type')).toMatch(/^(?:text\/(?:javascript|css); charset=utf-8|image\/svg\+xml)$/);
      expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const { token } = await callPage(origin + mount, { fetch: asServer }).auth.login.mutate(credentials('alice'));
    expect(token).toMatch(/^[0-9a-f]{64}$/);
  });

  test('loads only its own files and cannot be framed', async () => {
    const { headers } = await get('/admin/');
    const policy = headers.get('content-security-policy')?.split('; ') ?? [];
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      expect.stringMatching(/^style-src 'self' 'nonce-[\w+/]{22}=='$/),
      "connect-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('has a new nonce in each response, matching its policy', async () => {
    const answers = await Promise.all([get('/admin/'), get('/admin/')]);
    const nonces = answers.map(
      ({ headers }) => /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1],
    );
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(await answers[0]?.text()).toContain(`nonce="${nonces[0]}"`);
  });

  test('loads nothing from other hosts', async () => {
    const html = await (await get('/admin/')).text();
    for (const link of linksIn(html)) expect(link).toMatch(/^\.\/assets\/[\w.-]+$/);
    expect(html).not.toContain('__');
  });

  test.for<[path: string, target: string]>([
    ['/admin', '/admin/'],
    ['/tools/admin?theme=dark', '/tools/admin/?theme=dark'],
    ['/a%20b', '/a%20b/'],
    ['/javascript:admin', '/javascript:admin/'],
    ['//elsewhere', '//elsewhere/'],
  ])('redirects %s to %s', async ([path, target]) => {
    const response = await get(path);
    expect(response.status).toBe(308);
    const { href } = new URL(response.headers.get('location') ?? '', origin + path);
    expect(href).toBe(origin + target);
  });

  test.for(['/admin/assets/nothing.js', '/admin/favicon.ico', '/admin/assets/index.html', '/admin/index.html'])(
    'has nothing at %s',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe('Not found.\n');
    },
  );

  test.for([
    '/admin/assets/..%2findex.html',
    '/admin/assets/%2e%2e/%2e%2e/package.json',
    '/admin/assets/..%5c..%5cpackage.json',
    '/admin/assets/....//package.json',
    '/admin/assets/%00.js',
  ])('serves no other file at %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('Not found.\n');
  });

  test('refuses methods that write', async () => {
    for (const path of ['/admin/', '/admin', await firstScript()]) {
      const response = await get(path, { method: 'POST' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
    const response = await get('/admin/api/auth.login', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  test('answers HEAD like GET, without a body', async () => {
    for (const path of ['/admin/', await firstScript()]) {
      const [head, full] = [await get(path, { method: 'HEAD' }), await get(path)];
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'));
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'));
    }
  });

  test('compresses its files on request and supports ETags', async () => {
    const path = await firstScript();
    const plain = await get(path, { headers: { 'accept-encoding': 'br, gzip;q=0' } });
    const compressed = await get(path, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.headers.get('vary')).toBe('Accept-Encoding');
    expect(Number(compressed.headers.get('content-length'))).toBeLessThan(600_000);
    const decompressed = new Response(compressed.body?.pipeThrough(new DecompressionStream('gzip')));
    expect(await decompressed.text()).toBe(await plain.text());
    const again = await get(path, { headers: { 'if-none-match': plain.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });
});

describe('its API', () => {
  const pageUrl = `${origin}/admin/`;

  test('answers admins', async () => {
    const alice = await signIn(pageUrl, 'alice', asServer);
    expect(await alice.admin.whoami.query()).toMatchObject({ label: 'alice', client: 'web' });
    const { items } = await alice.admin.clients.list.query({ search: 'cli' });
    expect(items).toMatchObject([{ name: 'cli', tokenTtl: null, created: expect.stringMatching(/^\d{4}-.*Z$/) }]);
  });

  test('refuses other users and anonymous calls', async () => {
    const bob = await signIn(pageUrl, 'bob', asServer);
    const [, refusal] = await safe(bob.admin.clients.list.query());
    expect(refusal?.data?.durin?.code).toBe('NOT_ADMIN');
    const [, unknown] = await safe(callPage(pageUrl, { fetch: asServer }).admin.whoami.query());
    expect(unknown?.data?.durin?.code).toBe('NO_CREDENTIALS');
  });

  test('is not cacheable and not readable by other origins', async () => {
    const response = await get('/admin/api/admin.whoami');
    expect(response.status).toBe(401);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('www-authenticate')).toContain('Token');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('reports invalid login input by field', async () => {
    const wrong = { username: 'a'.repeat(2000), password: 1, client: 'web' };
    const [, refusal] = await safe(callPage(pageUrl, { fetch: asServer }).auth.login.mutate(wrong));
    expect(refusal?.data).toMatchObject({
      code: 'BAD_REQUEST',
      fields: { username: expect.stringContaining('1024'), password: expect.any(String) },
    });
    expect(JSON.stringify(refusal?.data)).not.toMatch(/stack|aaaa/);
  });

  test('refuses a body larger than the page ever sends', async () => {
    const body = JSON.stringify({ username: 'x'.repeat(300_000), password, client: 'web' });
    const headers = { 'content-type': 'application/json' };
    const response = await get('/admin/api/auth.login', { method: 'POST', headers, body });
    expect(response.status).toBe(413);
  });

  test('refuses a batch longer than the page ever sends', async () => {
    const response = await get(`/admin/api/${Array.from({ length: 50 }, () => 'admin.whoami').join(',')}?batch=1`);
    expect(response.status).toBe(400);
  });

  test('records the IP address that the server passes', async () => {
    const { token } = await callPage(pageUrl, { fetch: fromAfar }).auth.login.mutate({
      ...credentials('alice'),
      client: 'cli',
    });
    const sessions = await callPage(pageUrl, { token, fetch: asServer }).auth.sessions.list.query();
    expect(sessions.find(({ isCurrent }) => isCurrent)).toMatchObject({ client: 'cli', ipAddress: '203.0.113.9' });
  });

  test('calls isAdmin for each call of a batch', async () => {
    let [requests, checks] = [0, 0];
    const { page } = createDurinAdmin(app.durin, {
      isAdmin() {
        checks += 1;
        return checks === 1;
      },
    });
    const alice = await signIn(pageUrl, 'alice', (input, init) => {
      requests += 1;
      return page(new Request(input, init));
    });
    requests = 0;
    const { whoami, clients: clientCalls, tokens } = alice.admin;
    const answers = await Promise.allSettled([whoami.query(), clientCalls.list.query(), tokens.list.query()]);
    expect({ requests, checks }).toEqual({ requests: 1, checks: 3 });
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    const notAdmin = { data: { code: 'FORBIDDEN', durin: { code: 'NOT_ADMIN' } } };
    expect(refused).toMatchObject([notAdmin, notAdmin]);
  });

  test('reports internal errors only to onError', async () => {
    const { page } = createDurinAdmin(app.durin, {
      isAdmin() {
        throw new Error('the secret of the rule');
      },
      page: { onError: (error) => app.errors.push(error) },
    });
    const send: typeof fetch = (input, init) => page(new Request(input, init));
    const alice = await signIn(pageUrl, 'alice', send);
    const [, refusal] = await safe(alice.admin.whoami.query());
    expect(refusal?.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(refusal)).not.toContain('secret of the rule');
    expect(app.errors).toHaveLength(1);
  });

  test('reports the cause of an outage to onError', async () => {
    const cause = Object.assign(new Error('no route to the database'), { code: 'EHOSTUNREACH' });
    const errors: unknown[] = [];
    const { page } = createDurinAdmin(app.durin, {
      isAdmin: () => Promise.reject(cause),
      page: { onError: (error) => errors.push(error) },
    });
    const alice = await signIn(pageUrl, 'alice', (input, init) => page(new Request(input, init)));
    const [, refusal] = await safe(alice.admin.whoami.query());
    expect(refusal?.data).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(JSON.stringify(refusal)).not.toContain('no route');
    expect(errors).toEqual([expect.objectContaining({ cause })]);
  });
});

describe('the sign-in form', () => {
  test('has user name and password, for the first client', async () => {
    const durin = createDurin({ ...requiredOptions(app.orm), clients });
    expect(await configOf(createDurinAdmin(durin, { isAdmin }).page)).toEqual({
      title: 'Durin admin',
      client: 'web',
      authHeaderPrefix: 'Token',
      hasPolicies: false,
      hasAudit: false,
      hasCalls: false,
      loginFields: [
        { name: 'username', label: 'Username', kind: 'text', isRequired: true, autoComplete: 'username' },
        { name: 'password', label: 'Password', kind: 'password', isRequired: true, autoComplete: 'current-password' },
      ],
    });
  });

  test('uses the client admin if it exists, or the option page.client', async () => {
    const withAdmin = createDurin({ ...requiredOptions(app.orm), clients: { ...clients, admin: {} } });
    expect(await configOf(createDurinAdmin(withAdmin, { isAdmin }).page)).toMatchObject({ client: 'admin' });
    const named = createDurinAdmin(withAdmin, { isAdmin, page: { client: 'cli', title: 'Acme </script> & sons' } });
    expect(await configOf(named.page)).toMatchObject({ client: 'cli', title: 'Acme </script> & sons' });
    const unnamed = createDurin(requiredOptions(app.orm));
    expect(await configOf(createDurinAdmin(unnamed, { isAdmin }).page)).toMatchObject({ client: 'web' });
    const resolved = createDurin({ ...requiredOptions(app.orm), clients, resolveClient: () => 'cli' });
    expect(await configOf(createDurinAdmin(resolved, { isAdmin }).page)).toMatchObject({ client: null });
  });

  test("has the fields of the app's loginInput", async () => {
    const durin = createDurin({
      ...requiredOptions(app.orm),
      loginInput: z.object({
        email: z.email(),
        passPhrase: z.string().meta({ title: 'Your pass phrase', description: 'The long one.' }),
        otp: z.string().optional(),
        region: z.enum(['eu', 'us']),
        remember_me: z.boolean(),
      }),
      verifyCredentials: () => null,
    });
    expect(await configOf(createDurinAdmin(durin, { isAdmin }).page)).toMatchObject({
      loginFields: [
        { name: 'email', label: 'Email', kind: 'email', isRequired: true, autoComplete: 'username' },
        { name: 'passPhrase', label: 'Your pass phrase', hint: 'The long one.', kind: 'password' },
        { name: 'otp', label: 'Otp', kind: 'text', isRequired: false, autoComplete: 'one-time-code' },
        { name: 'region', kind: 'choice', choices: ['eu', 'us'] },
        { name: 'remember_me', label: 'Remember me', kind: 'checkbox', isRequired: false },
      ],
    });
  });

  test('refuses an unknown client', () => {
    const durin = createDurin({ ...requiredOptions(app.orm), clients });
    expect(() => createDurinAdmin(durin, { isAdmin, page: { client: 'wbe' as 'web' } })).toThrow(/page\.client/);
    expect(() => createDurinAdmin(durin, { isAdmin, page: { titel: 'x' } as never })).toThrow(/'titel'/);
  });
});
