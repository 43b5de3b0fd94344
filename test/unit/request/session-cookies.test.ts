import { describe, expect, test } from 'vitest';
import { DurinRequest, type RequestCall } from '../../../src/request/durin-request.ts';
import type { CookieAttributes } from '../../../src/request/response-cookies.ts';
import { createSessionCookies } from '../../../src/request/session-cookies.ts';

const now = Date.UTC(2026, 0, 1);
const settings = {
  clientNames: new Set(['web']),
  name: '__Host-durin',
  sameSite: 'lax',
  isSecure: true,
  allowedOrigins: new Set<string>(),
} as const;
const cookies = createSessionCookies(settings, () => now);

function contextOf(call: RequestCall) {
  return { durin: DurinRequest.fromAdapter(call, { trustProxy: 0 }) };
}

/** What a call with this context sets. */
function recordSet() {
  const set: [name: string, value: string, attributes: CookieAttributes][] = [];
  return { set, ctx: contextOf({ setCookie: (...cookie) => set.push(cookie) }) };
}

const day = 86_400;
const inDays = (days: number) => new Date(now + days * day * 1000);

test.each<[what: string, latestExpiry: Date | null, maxAge: number]>([
  ['a day', inDays(1), day],
  ['a fraction of a second', new Date(now + 1), 1],
  ['a session that never expires', null, 400 * day],
  ['ten years', inDays(3650), 400 * day],
  ['a session that is over', inDays(-1), 0],
])('the cookie lives as long as its session: %s', (_what, latestExpiry, maxAge) => {
  const { set, ctx } = recordSet();
  cookies.set({ token: 'abc', latestExpiry }, { ctx, batchIndex: 0 });
  const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/', maxAge };
  expect(set).toEqual([['__Host-durin', 'abc', attributes]]);
});

test('of calls that set the cookie, the last of the batch counts', () => {
  const { set, ctx } = recordSet();
  for (const batchIndex of [1, 0, 1, 2])
    cookies.set({ token: `t${batchIndex}`, latestExpiry: null }, { ctx, batchIndex });
  expect(set.map(([, value]) => value)).toEqual(['t1', 't1', 't2']);
});

describe('an answer that cannot set a cookie', () => {
  const info = { calls: [{}] };
  const resHeaders = new Headers();
  test.each<[what: string, call: RequestCall]>([
    ['nothing to set it on', {}],
    ['headers alone', { req: { headers: {} } }],
    ['headers that were sent', { res: { headersSent: true, appendHeader() {} } }],
    ['a Fastify reply that was sent', { res: { sent: true, raw: { headersSent: true }, header() {} } }],
    ['a WebSocket', { req: { headers: { upgrade: 'websocket' } }, resHeaders }],
    ['a handshake of the WebSocket adapter', { req: { headers: {} }, resHeaders, info: { calls: [] } }],
    ['a streamed batch', { resHeaders, info: { ...info, accept: 'application/jsonl' } }],
    ['a subscription', { resHeaders, info: { ...info, type: 'subscription' } }],
  ])('%s: a login is refused, and a logout deletes nothing', (_what, call) => {
    const own = { 'sec-fetch-site': 'same-origin' };
    const req = (call.req ?? {}) as { headers?: object };
    const ctx = contextOf({ ...call, req: { ...req, headers: { ...req.headers, ...own } } });
    expect(cookies.refusalOfLogin('web', ctx)).toBe('COOKIE_UNAVAILABLE');
    expect(() => cookies.requireSettable(ctx)).toThrow('The session cookie cannot be set in this answer');
    expect(() => cookies.clear({ ctx, batchIndex: 0 })).not.toThrow();
    expect(resHeaders.getSetCookie()).toEqual([]);
  });
});

test('a login to a client without the cookie is not refused', () => {
  expect(cookies.refusalOfLogin('cli', contextOf({}))).toBeNull();
  expect(createSessionCookies(null, () => now).refusalOfLogin('web', contextOf({}))).toBeNull();
});

test('a login from an unknown page is refused first', () => {
  expect(cookies.refusalOfLogin('web', contextOf({}))).toBe('CROSS_SITE');
});
