import { expect, test } from 'vitest';
import type { Finding } from '../../../../src/cli/doctor/finding.ts';
import { judgeAnswer, judgeBody, judgeCors, judgeProxy } from '../../../../src/cli/doctor/judge-server.ts';
import { createProbes, type Fetch } from '../../../../src/cli/doctor/probe-server.ts';

const levels = (findings: readonly Finding[]) => findings.map(({ level, check }) => `${level} ${check}`);
const origin = 'https://app.example.org';

test('a guarded call shows the API, and whether responseMeta is wired', () => {
  const answer = { status: 401, code: 'NO_CREDENTIALS', challenge: 'Token', proxyHeaders: [] };
  expect(levels(judgeAnswer(answer, 'auth.sessions.list'))).toEqual(['ok api', 'ok responseMeta']);
  expect(levels(judgeAnswer({ ...answer, challenge: null }, ''))).toEqual(['ok api', 'problem responseMeta']);
  expect(levels(judgeAnswer({ ...answer, status: 404, code: null }, ''))).toEqual(['problem api']);
});

test('trustProxy is compared with what the answer shows of proxies', () => {
  expect(judgeProxy({ proxyHeaders: [] }, 0).level).toBe('ok');
  expect(judgeProxy({ proxyHeaders: ['via'] }, 1).level).toBe('ok');
  expect(judgeProxy({ proxyHeaders: ['via'] }, 0).level).toBe('problem');
  expect(judgeProxy({ proxyHeaders: [] }, 1).level).toBe('warning');
});

const allowed = {
  origin,
  status: 204,
  allowOrigin: origin,
  allowHeaders: ['authorization', 'content-type'],
  allowsCredentials: false,
};
const refused = { ...allowed, origin: 'https://trpc-durin.invalid', allowOrigin: origin };

test.for([
  [allowed, refused, null, ['ok cors']],
  [{ ...allowed, allowOrigin: '*' }, { ...refused, allowOrigin: '*' }, null, ['ok cors']],
  [{ ...allowed, status: 404 }, refused, null, ['problem cors']],
  [{ ...allowed, allowOrigin: null }, refused, null, ['problem cors']],
  [{ ...allowed, allowHeaders: ['*'] }, refused, null, ['problem cors']],
  [{ ...allowed, allowsCredentials: true }, refused, [origin], ['ok cors']],
  [{ ...allowed, allowsCredentials: true }, refused, [], ['ok cors', 'problem cors']],
  [allowed, refused, [origin], ['problem cors']],
  [{ ...allowed, allowOrigin: '*', allowsCredentials: true }, refused, [origin], ['problem cors']],
  [
    { ...allowed, allowsCredentials: true },
    { ...refused, allowOrigin: refused.origin, allowsCredentials: true },
    [origin],
    ['ok cors', 'problem cors'],
  ],
] as const)('CORS, case %#', ([own, foreign, listed, expected]) => {
  expect(levels(judgeCors(own, foreign, listed === null ? null : new Set(listed)))).toEqual(expected);
});

test('a server that reads a large body is warned about', () => {
  expect(judgeBody(413, 1e7).level).toBe('ok');
  expect(judgeBody('closed', 1e7).level).toBe('ok');
  expect(judgeBody(400, 1e7).found).toBe('It read a body of 10 MB of an anonymous caller.');
  expect(judgeBody(401, 1e7).found).toBe('It is not known: login answered a large body with status 401.');
  expect(judgeBody('timeout', 1e7).found).toBe('It did not answer a body of 10 MB in time.');
});

test('the probes make calls without a token, and read the answers', async () => {
  const asked: string[] = [];
  const fetchUrl: Fetch = async (url, { method = 'GET', headers, body, signal }) => {
    const length = typeof body === 'string' ? body.length : 0;
    asked.push(`${method} ${url} ${length}`);
    expect(new Headers(headers).has('authorization')).toBe(false);
    expect(signal).toBeInstanceOf(AbortSignal);
    if (length > 10) throw new TypeError('the connection was closed');
    const error = { json: { data: { durin: { code: 'NO_CREDENTIALS' } } } };
    return Response.json(
      { error },
      {
        status: 401,
        headers: {
          'www-authenticate': 'Token',
          via: '1.1 caddy',
          'access-control-allow-headers': 'Authorization, X-A',
        },
      },
    );
  };
  const probes = createProbes({ api: 'https://example.org/trpc/', authPath: 'auth', fetchUrl, timeoutMs: 1000 });
  expect(await probes.guarded()).toEqual({
    status: 401,
    code: 'NO_CREDENTIALS',
    challenge: 'Token',
    proxyHeaders: ['via'],
  });
  expect(await probes.preflight(origin)).toEqual({
    origin,
    status: 401,
    allowOrigin: null,
    allowHeaders: ['authorization', 'x-a'],
    allowsCredentials: false,
  });
  expect(await probes.largeBody(100)).toBe('closed');
  expect(asked).toEqual([
    'GET https://example.org/trpc/auth.sessions.list 0',
    'OPTIONS https://example.org/trpc/auth.login 0',
    'POST https://example.org/trpc/auth.login 102',
  ]);
});
