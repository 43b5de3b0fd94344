import { expect, test } from 'vitest';
import { openServer } from '../../../../src/cli/remote/open-server.ts';
import { parseServerAddress } from '../../../../src/cli/remote/server-address.ts';

const address = parseServerAddress('https://example.org/admin', false);

/** Opens a server that gives this answer, or fails with this error. */
function open(answer: Response | Error, token = 'a-token') {
  const requests: { url: string; init: RequestInit }[] = [];
  const { admin } = openServer(address, token, async (url, init) => {
    requests.push({ url, init });
    if (answer instanceof Error) throw answer;
    return answer.clone();
  });
  return { admin, requests };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const refused = (status: number, message: string, data: object) =>
  json({ error: { message, code: -32_000, data: { httpStatus: status, ...data } } }, status);
const failed = (code: string, message = '') =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });

test('a call is a POST with the token, and its dates are dates', async () => {
  const data = {
    items: [{ name: '2026-01-01T00:00:00.000Z', created: '2026-01-02T03:04:05.678Z', tokenTtl: 5 }],
    total: 1,
  };
  const { admin, requests } = open(json({ result: { data } }));
  expect(await admin.clients.list({ search: 'x' })).toEqual({
    items: [{ name: '2026-01-01T00:00:00.000Z', created: new Date('2026-01-02T03:04:05.678Z'), tokenTtl: 5 }],
    total: 1,
  });
  const [request] = requests;
  expect(request?.url).toBe('https://example.org/admin/api/admin.clients.list');
  expect(request?.init).toMatchObject({ method: 'POST', body: '{"search":"x"}', redirect: 'manual' });
  expect(new Headers(request?.init.headers).get('authorization')).toBe('Token a-token');
});

test('a scheme of the server’s own is used once it is announced', async () => {
  const unauthorized = refused(401, 'Authentication credentials were not provided.', {
    durin: { code: 'NO_CREDENTIALS' },
  });
  unauthorized.headers.set('www-authenticate', 'Acme realm="api"');
  const { admin, requests } = open(unauthorized);
  await expect(admin.clients.names()).rejects.toThrow('The server found no token in the request.');
  expect(requests.map(({ init }) => new Headers(init.headers).get('authorization'))).toEqual([
    'Token a-token',
    'Acme a-token',
  ]);
});

test.for([
  [401, 'INVALID_TOKEN', 'Invalid token.', 'The server refuses the token: Invalid token.'],
  [401, 'TOKEN_EXPIRED', 'The given token has expired.', 'The server refuses the token: The given token has expired.'],
  [403, 'NOT_ADMIN', 'Only admins may use this procedure.', 'The user of this token is no admin of the server.'],
  [403, 'INSUFFICIENT_SCOPE', '', 'an API key reaches only what names its scopes'],
] as const)('%i %s is a sentence about the token', async ([status, code, message, sentence]) => {
  const { admin } = open(refused(status, message, { durin: { code } }));
  await expect(admin.clients.names()).rejects.toThrow(sentence);
});

test('other refusals are those of a command in this process', async () => {
  const fields = { name: ['This field may not be blank.'] };
  const { admin } = open(refused(400, 'The input is invalid.', { durin: { code: 'INVALID_INPUT', fields } }));
  await expect(admin.clients.create({ name: '' })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT', fields } });
});

test.for([
  [
    new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    'is no admin page of trpc-durin: it answered with status 200 and text/html',
  ],
  [new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } }), 'status 404 and text/plain'],
  [
    new Response(null, { status: 302, headers: { location: 'https://sso.example.org/login' } }),
    'redirects to https://sso.example.org.',
  ],
  [json({ hello: 'world' }), 'The answer is not one of an admin page of trpc-durin.'],
  [
    refused(404, 'No procedure found on path "admin.x"', { code: 'NOT_FOUND' }),
    'The server does not know this command',
  ],
  [
    refused(500, 'Internal server error', { code: 'INTERNAL_SERVER_ERROR' }),
    'The server answered with status 500: Internal',
  ],
  [failed('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'example.org cannot be reached: connect ECONNREFUSED'],
  [failed('DEPTH_ZERO_SELF_SIGNED_CERT'), 'its certificate is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)'],
  [failed('CERT_HAS_EXPIRED'), 'set NODE_EXTRA_CA_CERTS'],
  [failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'it does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)'],
] as const)('another answer is described, case %#', async ([answer, sentence]) => {
  await expect(open(answer).admin.clients.names()).rejects.toThrow(sentence);
});
