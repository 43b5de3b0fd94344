import { expect, test } from 'vitest';
import { DurinRequest } from '../../../src/request/durin-request.ts';
import { readHeader } from '../../../src/request/headers.ts';

function originOf(
  headers: Record<string, unknown>,
  trustProxy: number,
  remoteAddress: string | undefined = '10.0.0.9',
) {
  return DurinRequest.fromAdapter({ req: { headers, socket: { remoteAddress } } }, trustProxy).ipAddress;
}

test('without believed proxies the address is the peer, whatever a header claims', () => {
  expect(originOf({ 'x-forwarded-for': '6.6.6.6' }, 0)).toBe('10.0.0.9');
});

test('with n believed proxies the address is the n-th entry from the right', () => {
  const headers = { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.0.0.1' };
  expect(originOf(headers, 1)).toBe('10.0.0.1');
  expect(originOf(headers, 2)).toBe('1.2.3.4');
  expect(originOf(headers, 3)).toBe('6.6.6.6');
});

test('with fewer entries than believed proxies the address is the leftmost', () => {
  expect(originOf({ 'x-forwarded-for': '1.2.3.4' }, 3)).toBe('1.2.3.4');
});

test('without the header the address is the peer, and without a peer it is unknown', () => {
  expect(originOf({}, 1)).toBe('10.0.0.9');
  expect(DurinRequest.fromAdapter({ req: { headers: new Headers() } }, 0).ipAddress).toBeNull();
});

test('the address that the app tells goes before what its adapter tells', () => {
  const call = { req: { headers: { 'x-forwarded-for': '6.6.6.6' }, socket: { remoteAddress: '10.0.0.9' } } };
  expect(DurinRequest.fromAdapter({ ...call, ipAddress: '1.2.3.4' }, 1).ipAddress).toBe('1.2.3.4');
  expect(DurinRequest.fromAdapter({ ...call, ipAddress: null }, 1).ipAddress).toBe('6.6.6.6');
});

test('headers are found in any case, in Headers and in objects', () => {
  expect(readHeader({ AUTHORIZATION: 'a' }, 'authorization')).toBe('a');
  expect(readHeader({ authorization: ['a', 'b'] }, 'authorization')).toBe('a');
  expect(readHeader(new Headers({ Authorization: 'a' }), 'authorization')).toBe('a');
  expect(readHeader({ authorization: 5 }, 'authorization')).toBeNull();
  expect(readHeader(undefined, 'authorization')).toBeNull();
});

test('Lambda events of both versions tell their address', () => {
  const v1 = { event: { headers: {}, requestContext: { identity: { sourceIp: '1.1.1.1' } } } };
  const v2 = { event: { headers: {}, requestContext: { http: { sourceIp: '2.2.2.2' } } } };
  expect(DurinRequest.fromAdapter(v1, 0).ipAddress).toBe('1.1.1.1');
  expect(DurinRequest.fromAdapter(v2, 0).ipAddress).toBe('2.2.2.2');
});

test('a user agent is cut, and loses what a database would refuse', () => {
  const { userAgent } = DurinRequest.fromAdapter(
    { req: { headers: { 'user-agent': `a\u0000b\ud800${'x'.repeat(300)}` } } },
    0,
  );
  expect(userAgent).toHaveLength(256);
  expect(userAgent?.startsWith('ab\ufffd')).toBe(true);
});

test('nothing that an adapter may pass makes it throw', () => {
  for (const call of [
    {},
    { req: null },
    { req: 5 },
    { req: {} },
    { info: { connectionParams: { authorization: 5 } } },
  ]) {
    expect(DurinRequest.fromAdapter(call, 1)).toBeInstanceOf(DurinRequest);
  }
});
