import { describe, expect, test } from 'vitest';
import { judgeSite, type SiteClaims } from '../../../src/request/judge-site.ts';
import { siteClaimsOf } from '../../../src/request/site-claims.ts';

const rules = { isSecure: true, allowedOrigins: new Set(['https://app.example.com', 'http://localhost:5173']) };
const claims = { fetchSite: null, origin: null, host: 'api.example.com' };

const table: [what: string, claimed: Partial<SiteClaims>, judgement: string][] = [
  ['a page of the same origin', { fetchSite: 'same-origin' }, 'allowed'],
  ['the same, with an Origin that a proxy has changed', { fetchSite: 'same-origin', origin: 'http://x' }, 'allowed'],
  ['a page of another site', { fetchSite: 'cross-site', origin: 'https://evil.example' }, 'cross-site'],
  ['a page of a sub-domain', { fetchSite: 'same-site', origin: 'https://evil.example.com' }, 'cross-site'],
  ['an address that somebody typed', { fetchSite: 'none' }, 'cross-site'],
  ['a program that sends neither header', {}, 'cross-site'],
  ['a word that no browser sends', { fetchSite: 'Same-Origin' }, 'cross-site'],
  ['a listed origin', { fetchSite: 'same-site', origin: 'https://app.example.com' }, 'allowed'],
  ['a listed origin on another site', { fetchSite: 'cross-site', origin: 'https://app.example.com' }, 'allowed'],
  ['a listed page of this machine', { fetchSite: 'cross-site', origin: 'http://localhost:5173' }, 'allowed'],
  [
    'the own origin, of which the browser says otherwise',
    { fetchSite: 'same-site', origin: 'https://api.example.com' },
    'cross-site',
  ],
  [
    'the own origin, where the host is a claim',
    { fetchSite: 'cross-site', origin: 'https://api.example.com' },
    'cross-site',
  ],
  ['an empty word of the browser', { fetchSite: '', origin: 'https://api.example.com' }, 'cross-site'],
  ['a listed host over another scheme', { origin: 'http://app.example.com' }, 'cross-site'],
  ['a listed host at another port', { origin: 'https://app.example.com:8443' }, 'cross-site'],
  ['the own origin, from a browser without Sec-Fetch-Site', { origin: 'https://api.example.com' }, 'allowed'],
  ['the own origin in capitals', { origin: 'https://API.example.com' }, 'allowed'],
  ['the own host with its default port', { origin: 'https://api.example.com', host: 'api.example.com:443' }, 'allowed'],
  ['the own host at another port', { origin: 'https://api.example.com:8443' }, 'cross-site'],
  ['the own port', { origin: 'https://api.example.com:8443', host: 'api.example.com:8443' }, 'allowed'],
  ['the own host over http', { origin: 'http://api.example.com' }, 'cross-site'],
  ['a host that starts like the own one', { origin: 'https://api.example.com.evil.example' }, 'cross-site'],
  ['a host that ends like the own one', { origin: 'https://evilapi.example.com' }, 'cross-site'],
  ['a user name that looks like the own host', { origin: 'https://api.example.com@evil.example' }, 'cross-site'],
  ['a sandboxed frame', { origin: 'null' }, 'cross-site'],
  ['a sandboxed frame of the same site', { fetchSite: 'same-site', origin: 'null' }, 'cross-site'],
  ['an empty Origin', { origin: '' }, 'cross-site'],
  ['no host', { origin: 'https://api.example.com', host: null }, 'cross-site'],
  ['an empty host', { origin: 'https://api.example.com', host: '' }, 'cross-site'],
  ['an extension', { origin: 'chrome-extension://abc', host: 'abc' }, 'cross-site'],
  ['this machine over http', { origin: 'http://localhost:5173', host: 'localhost:5173' }, 'allowed'],
  ['a name below localhost', { origin: 'http://app.localhost', host: 'app.localhost' }, 'allowed'],
  ['this machine by its address', { origin: 'http://127.0.0.1:80', host: '127.0.0.1' }, 'allowed'],
  ['this machine by its address of IPv6', { origin: 'http://[::1]:3000', host: '[::1]:3000' }, 'allowed'],
  ['another port of this machine', { origin: 'http://localhost:4173', host: 'localhost:3000' }, 'cross-site'],
  [
    'a host that starts like an address of this machine',
    { origin: 'http://127.0.0.1.evil', host: '127.0.0.1.evil' },
    'cross-site',
  ],
];

test.each(table)('%s: %o is %s', (_what, claimed, judgement) => {
  expect(judgeSite({ ...claims, ...claimed }, rules)).toBe(judgement);
});

test('where the cookie is not secure, pages over http count', () => {
  const claimed = { ...claims, origin: 'http://api.example.com' };
  expect(judgeSite(claimed, { ...rules, isSecure: false })).toBe('allowed');
  expect(judgeSite({ ...claimed, origin: 'http://evil.example' }, { ...rules, isSecure: false })).toBe('cross-site');
});

test('a claim is read from Headers, and from objects regardless of case', () => {
  const expected = { fetchSite: 'same-site', origin: 'https://a.example', host: 'b.example' };
  const headers = { 'Sec-Fetch-Site': 'same-site', ORIGIN: 'https://a.example', host: 'b.example' };
  expect(siteClaimsOf({ headers }, 0)).toEqual(expected);
  expect(siteClaimsOf({ headers: new Headers(headers) }, 0)).toEqual(expected);
  expect(siteClaimsOf(undefined, 0)).toEqual({ fetchSite: null, origin: null, host: null });
});

test('the host of HTTP/2 is its :authority', () => {
  expect(siteClaimsOf({ headers: { ':authority': 'b.example' } }, 0)).toMatchObject({ host: 'b.example' });
});

describe('X-Forwarded-Host', () => {
  const headers = { host: 'internal:3000', 'x-forwarded-host': 'a.example, b.example, c.example' };
  test.each([
    [0, 'internal:3000'],
    [1, 'c.example'],
    [2, 'b.example'],
    [9, 'a.example'],
  ])('behind %i trusted proxies the host is %s', (trustProxy, host) => {
    expect(siteClaimsOf({ headers }, trustProxy)).toMatchObject({ host });
  });

  test('is not missed where a trusted proxy does not send it', () => {
    expect(siteClaimsOf({ headers: { host: 'a.example' } }, 1)).toMatchObject({ host: 'a.example' });
    expect(siteClaimsOf({ headers: { host: 'a.example', 'x-forwarded-host': '' } }, 1)).toMatchObject({
      host: 'a.example',
    });
  });
});
