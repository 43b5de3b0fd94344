import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../../src/options/parse-options.ts';

const required = {
  orm: { getMetadata() {}, em: { getPlatform() {} } },
  entities: { User: {}, Client: {}, AuthToken: {} },
  secret: 'x'.repeat(32),
  verifyCredentials: () => null,
};
const clients = { web: { transport: 'cookie' }, cli: {} };
const parse = (cookies: object | undefined, options: object = { clients }) =>
  parseOptions({ ...required, ...options, cookies }).cookies;
const withOrigins = (...allowedOrigins: unknown[]) => ({ allowedOrigins });

test('by default there is no cookie', () => {
  expect(parse(undefined, {})).toBeNull();
  expect(parse(undefined, { clients: { web: {}, cli: { transport: 'header' } } })).toBeNull();
});

test('a client with a cookie has one for its host alone, over https', () => {
  expect(parse(undefined)).toEqual({
    clientNames: new Set(['web']),
    name: '__Host-durin',
    sameSite: 'lax',
    isSecure: true,
    allowedOrigins: new Set(),
  });
});

test('without secure its name has no prefix', () => {
  expect(parse({ secure: false })).toMatchObject({ name: 'durin', isSecure: false });
  expect(parse({ name: 'sid', sameSite: 'strict' })).toMatchObject({ name: 'sid', sameSite: 'strict' });
});

test('an origin over http is of this machine, or the cookie is not secure', () => {
  const open = withOrigins('http://app.example.com');
  expect(parse({ ...open, secure: false })).toMatchObject({ allowedOrigins: new Set(open.allowedOrigins) });
  expect(() => parse(open)).toThrow('cookies.allowedOrigins must list https origins only');
  expect(() => parse(withOrigins('http://localhost.example.com'))).toThrow('must list https origins only');
  const own = ['http://app.localhost:5173', 'http://127.0.0.1:5173', 'http://[::1]:5173'];
  expect(parse(withOrigins(...own))).toMatchObject({ allowedOrigins: new Set(own) });
});

test('an origin is taken as browsers send it', () => {
  const origins = ['https://app.example.com', 'http://localhost:5173', 'https://[::1]:8443'];
  expect(parse(withOrigins(...origins))).toMatchObject({ allowedOrigins: new Set(origins) });
});

describe('a wrong option is named', () => {
  test.each<[cookies: object, sentence: string]>([
    [{ name: 'a b' }, "cookies.name must be the name of a cookie, such as '__Host-durin'"],
    [{ name: '' }, "cookies.name must be the name of a cookie, such as '__Host-durin'"],
    [{ sameSite: 'Lax' }, "cookies.sameSite must be 'lax', 'strict' or 'none'"],
    [{ secure: 'yes' }, 'cookies.secure must be true or false'],
    [{ domain: 'example.com' }, "unknown option of cookies 'domain'"],
    [
      { name: '__Host-sid', secure: false },
      "cookies.name must not start with '__Host-' or '__Secure-' where secure is false: browsers would refuse the cookie",
    ],
    [
      { name: '__secure-sid', secure: false },
      "cookies.name must not start with '__Host-' or '__Secure-' where secure is false: browsers would refuse the cookie",
    ],
    [
      { sameSite: 'none', secure: false },
      "cookies.sameSite must not be 'none' where secure is false: browsers would refuse the cookie",
    ],
    [{ allowedOrigins: 'https://a.example' }, 'cookies.allowedOrigins must be a list of origins'],
    [withOrigins(5), "cookies.allowedOrigins.0 must be an origin, such as 'https://app.example.com'"],
    [withOrigins('null'), "cookies.allowedOrigins.0 must be an origin, such as 'https://app.example.com'"],
    [withOrigins('*'), "cookies.allowedOrigins.0 must be an origin, such as 'https://app.example.com'"],
    [withOrigins('app.example.com'), "cookies.allowedOrigins.0 must be an origin, such as 'https://app.example.com'"],
    [
      withOrigins('https://*.example.com'),
      "cookies.allowedOrigins.0 must be one origin, such as 'https://app.example.com'",
    ],
    [withOrigins('ftp://a.example'), "cookies.allowedOrigins.0 must be one origin, such as 'https://app.example.com'"],
    [
      withOrigins('https://a.example', 'https://b.example/'),
      "cookies.allowedOrigins.1 must be 'https://b.example': an origin has no path and no slash at its end",
    ],
    [
      withOrigins('https://b.example/app'),
      "cookies.allowedOrigins.0 must be 'https://b.example': an origin has no path and no slash at its end",
    ],
    [
      withOrigins('https://B.example:443'),
      "cookies.allowedOrigins.0 must be 'https://b.example': an origin has no path and no slash at its end",
    ],
  ])('%o', (cookies, sentence) => {
    expect(() => parse(cookies)).toThrow(`createDurin: ${sentence}`);
  });

  test.each<[options: object, cookies: object | undefined, sentence: string]>([
    [{ clients: { web: { transport: 'url' } } }, undefined, "clients.web.transport must be 'header' or 'cookie'"],
    [
      { clients: { web: {}, api: { transport: 'cookie', keys: {} } } },
      undefined,
      "clients.api.transport must not be 'cookie' together with keys: API keys are sent in a header",
    ],
    [
      { clients, apiAccess: { clientName: 'web' } },
      undefined,
      "apiAccess.clientName: the client 'web' has transport: 'cookie', and API keys are sent in a header",
    ],
    [{ clients: { web: {} } }, { name: 'sid' }, "cookies is for clients with transport: 'cookie', and there is none"],
    [{}, {}, "cookies is for clients with transport: 'cookie', and there is none"],
  ])('%o with cookies %o', (options, cookies, sentence) => {
    expect(() => parse(cookies, options)).toThrow(`createDurin: ${sentence}`);
  });
});
