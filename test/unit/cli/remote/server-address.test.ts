import { expect, test } from 'vitest';
import { parseServerAddress } from '../../../../src/cli/remote/server-address.ts';

test.for([
  ['https://example.org/admin', 'https://example.org/admin/api'],
  ['https://example.org/admin/', 'https://example.org/admin/api'],
  ['https://example.org:8443', 'https://example.org:8443/api'],
  ['http://localhost:3000/admin', 'http://localhost:3000/admin/api'],
  ['http://127.0.0.1/', 'http://127.0.0.1/api'],
  ['http://[::1]:3000', 'http://[::1]:3000/api'],
] as const)('the API of the page %s is %s', ([page, api]) => {
  expect(parseServerAddress(page, false).api).toBe(api);
});

test.for(['admin', '/admin', 'ftp://example.org', 'https://user@example.org', 'https://example.org/?a=1', ''])(
  '%j is no address of a page',
  (typed) => {
    expect(() => parseServerAddress(typed, true)).toThrow('--url must be the address of the admin page');
  },
);

test.for([
  'http://example.org',
  'http://10.0.0.1/admin',
  'http://localhost.example.org',
  'http://127.0.0.1.example.org',
])('%s would send the token unencrypted', (typed) => {
  expect(() => parseServerAddress(typed, false)).toThrow('--insecure allows it');
  expect(parseServerAddress(typed, true).page).toBe(typed);
});
