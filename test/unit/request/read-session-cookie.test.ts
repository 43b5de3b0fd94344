import { expect, test } from 'vitest';
import { readSessionCookie } from '../../../src/request/read-session-cookie.ts';

const token = 'f'.repeat(64);
const read = (cookie: unknown, name = '__Host-durin') => readSessionCookie({ headers: { cookie } }, name);
const found = { kind: 'token', token };
const malformed = { kind: 'malformed' };
const none = { kind: 'none' };

test.each<[what: string, cookie: unknown, credentials: object]>([
  ['no header', undefined, none],
  ['other cookies', 'theme=dark; lang=en', none],
  ['the cookie alone', `__Host-durin=${token}`, found],
  ['the cookie among others', `theme=dark; __Host-durin=${token};lang=en`, found],
  ['a name that starts like it', `__Host-durin2=${token}`, none],
  ['a name that ends like it', `x__Host-durin=${token}`, none],
  ['a tab before its name', `theme=dark;\t__Host-durin=${token}`, found],
  ['other white space before its name', `theme=dark; \u00a0__Host-durin=${token}`, none],
  ['other white space after its name', `__Host-durin\u3000=${token}`, none],
  ['other white space beside it', `\ufeff__Host-durin=${'e'.repeat(64)}; __Host-durin=${token}`, found],
  ['a name in another case', `__host-durin=${token}`, none],
  ['a name without a value', '__Host-durin', none],
  ['a value without a name', `=${token}`, none],
  ['its name in the value of another', `theme=__Host-durin=${token}`, none],
  ['two of its name', `__Host-durin=${token}; __Host-durin=${'e'.repeat(64)}`, malformed],
  ['two equal ones', `__Host-durin=${token}; __Host-durin=${token}`, malformed],
  ['an empty one beside it', `__Host-durin=; __Host-durin=${token}`, malformed],
  ['two in two headers', [`__Host-durin=${token}`, `__Host-durin=${token}`], malformed],
  ['two headers', ['theme=dark', `__Host-durin=${token}`], found],
  ['an empty value', '__Host-durin=', malformed],
  ['a value with a space', '__Host-durin=a b', malformed],
  ['a value with an encoded space', '__Host-durin=a%20b', malformed],
  ['a value in quotes', `__Host-durin="${token}"`, malformed],
  ['a value that is too long', `__Host-durin=${'f'.repeat(257)}`, malformed],
  ['a header that is too long', `__Host-durin=${token}; a=${'x'.repeat(16_384)}`, malformed],
  ['what is no text', 5, none],
])('%s', (_what, cookie, credentials) => {
  expect(read(cookie)).toEqual(credentials);
});

test('a name is taken as it is, and not as a pattern', () => {
  expect(read(`a.b=${token}`, 'a.b')).toEqual(found);
  expect(read(`aXb=${token}`, 'a.b')).toEqual(none);
  expect(read(`__proto__=${token}`, '__proto__')).toEqual(found);
});

test('Headers are read, which join several headers by a semicolon', () => {
  const headers = new Headers([
    ['cookie', 'theme=dark'],
    ['cookie', `__Host-durin=${token}`],
  ]);
  expect(readSessionCookie({ headers }, '__Host-durin')).toEqual(found);
});

test('an event of Lambda is read, of both versions', () => {
  const pairs = ['theme=dark', `__Host-durin=${token}`];
  const v1 = { headers: { Cookie: 'theme=dark' }, multiValueHeaders: { Cookie: [pairs.join('; ')] } };
  const v2 = { headers: {}, cookies: pairs };
  for (const event of [v1, v2]) expect(readSessionCookie(event, '__Host-durin')).toEqual(found);
  const twice = { multiValueHeaders: { cookie: [pairs[1], pairs[1]] } };
  expect(readSessionCookie(twice, '__Host-durin')).toEqual(malformed);
});

test('what a cookie parser puts on a request is not read', () => {
  const request = { headers: {}, cookies: { '__Host-durin': token } };
  expect(readSessionCookie(request, '__Host-durin')).toEqual(none);
});
