import { expect, test } from 'vitest';
import { DurinRequest } from '../../../src/request/durin-request.ts';
import { readHeader } from '../../../src/request/headers.ts';

function originOf(
  headers: Record<string, unknown>,
  trustProxy: number,
  remoteAddress: string | undefined = '10.0.0.9',
) {
  return DurinRequest.fromAdapter({ req: { headers, socket: { remoteAddress } } }, { trustProxy }).ipAddress;
}

test('without trusted proxies the address is that of the peer', () => {
  expect(originOf({ 'x-forwarded-for': '6.6.6.6' }, 0)).toBe('10.0.0.9');
});

test('with n trusted proxies the address is entry n from the right', () => {
  const headers = { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.0.0.1' };
  expect(originOf(headers, 1)).toBe('10.0.0.1');
  expect(originOf(headers, 2)).toBe('1.2.3.4');
  expect(originOf(headers, 3)).toBe('6.6.6.6');
});

test('with too few entries the address is the leftmost one', () => {
  expect(originOf({ 'x-forwarded-for': '1.2.3.4' }, 3)).toBe('1.2.3.4');
});

test('without the header the address is that of the peer, if any', () => {
  expect(originOf({}, 1)).toBe('10.0.0.9');
  expect(DurinRequest.fromAdapter({ req: { headers: new Headers() } }, { trustProxy: 0 }).ipAddress).toBeNull();
});

test('an address given by the app takes precedence', () => {
  const call = { req: { headers: { 'x-forwarded-for': '6.6.6.6' }, socket: { remoteAddress: '10.0.0.9' } } };
  expect(DurinRequest.fromAdapter({ ...call, ipAddress: '1.2.3.4' }, { trustProxy: 1 }).ipAddress).toBe('1.2.3.4');
  expect(DurinRequest.fromAdapter({ ...call, ipAddress: null }, { trustProxy: 1 }).ipAddress).toBe('6.6.6.6');
});

test('headers are found regardless of case, in Headers and objects', () => {
  expect(readHeader({ AUTHORIZATION: 'a' }, 'authorization')).toBe('a');
  expect(readHeader({ authorization: ['a', 'b'] }, 'authorization')).toBe('a');
  expect(readHeader(new Headers({ Authorization: 'a' }), 'authorization')).toBe('a');
  expect(readHeader({ authorization: 5 }, 'authorization')).toBeNull();
  expect(readHeader(undefined, 'authorization')).toBeNull();
});

test('the address is read from Lambda events of both versions', () => {
  const v1 = { event: { headers: {}, requestContext: { identity: { sourceIp: '1.1.1.1' } } } };
  const v2 = { event: { headers: {}, requestContext: { http: { sourceIp: '2.2.2.2' } } } };
  expect(DurinRequest.fromAdapter(v1, { trustProxy: 0 }).ipAddress).toBe('1.1.1.1');
  expect(DurinRequest.fromAdapter(v2, { trustProxy: 0 }).ipAddress).toBe('2.2.2.2');
});

test('a user agent is truncated and made storable', () => {
  const { userAgent } = DurinRequest.fromAdapter(
    { req: { headers: { 'user-agent': `a\u0000b\ud800${'x'.repeat(300)}` } } },
    { trustProxy: 0 },
  );
  expect(userAgent).toHaveLength(256);
  expect(userAgent?.startsWith('ab\ufffd')).toBe(true);
});

test('unexpected adapter input does not throw', () => {
  for (const call of [
    {},
    { req: null },
    { req: 5 },
    { req: {} },
    { info: { connectionParams: { authorization: 5 } } },
  ]) {
    expect(DurinRequest.fromAdapter(call, { trustProxy: 1 })).toBeInstanceOf(DurinRequest);
  }
});

test('a header is returned regardless of case, from Headers and objects', () => {
  for (const headers of [{ 'X-Client': 'cli' }, new Headers({ 'x-client': 'cli' }), { 'x-client': ['cli', 'web'] }]) {
    const request = DurinRequest.fromAdapter({ req: { headers } }, { trustProxy: 0 });
    expect(request.header('X-CLIENT')).toBe('cli');
    expect(request.header('x-other')).toBeNull();
  }
  expect(DurinRequest.fromAdapter({}, { trustProxy: 0 }).header('x-client')).toBeNull();
});

test.each(['Authorization', 'cookie', 'X-API-Key'])('the header %s, which holds credentials, is refused', (name) => {
  const headers = { authorization: 'Token a', cookie: 'b=c', 'x-api-key': 'd' };
  const request = DurinRequest.fromAdapter({ req: { headers } }, { trustProxy: 0, apiKeyHeader: 'x-api-key' });
  expect(() => request.header(name)).toThrow(
    `ctx.durin.header does not return '${name.toLowerCase()}', which holds credentials`,
  );
});

test('text that is no header name is refused', () => {
  const request = DurinRequest.fromAdapter({ req: { headers: new Headers() } }, { trustProxy: 0 });
  for (const name of ['', 'a b', 'é']) expect(() => request.header(name)).toThrow('must be called with the name');
});

test.each<[headers: Record<string, string>, isStreamed: boolean]>([
  [{}, false],
  [{ accept: 'application/json' }, false],
  [{ accept: 'application/json, application/jsonl' }, true],
  [{ 'trpc-accept': 'application/jsonl' }, true],
  [{ 'trpc-accept': 'application/json', accept: 'application/jsonl' }, false],
])('without info, a request with %o is streamed: %s', (headers, isStreamed) => {
  const settings = { trustProxy: 0 };
  const res = { appendHeader() {}, headersSent: false };
  for (const req of [{ headers }, { headers: new Headers(headers) }]) {
    const request = DurinRequest.fromAdapter({ req, res }, settings);
    expect(DurinRequest.isStreamed(request)).toBe(isStreamed);
    expect(DurinRequest.cookiesOf(request).canSet()).toBe(!isStreamed);
  }
  const info = { accept: null, calls: [{}] };
  expect(DurinRequest.isStreamed(DurinRequest.fromAdapter({ req: { headers }, info }, settings))).toBe(false);
});
