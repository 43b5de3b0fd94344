import { expect, test } from 'vitest';
import { createPageConfig } from '../../../src/admin/page/page-config.ts';
import { defaultLoginInput } from '../../../src/router/login.ts';
import type { AnyLoginSchema } from '../../../src/router/login-schema.ts';

const input = defaultLoginInput as unknown as AnyLoginSchema;

/** The client that the page signs in through, where logins to these clients answer with a token. */
function clientOf(clientNames: string[] | null, page: { client?: string; isConfigured?: boolean } = {}) {
  const form = { input, takesClient: true, clientNames, scheme: 'Token' };
  const { client, isConfigured = true } = page;
  return createPageConfig(form, {
    title: 'Admin',
    client,
    hasPolicies: false,
    hasAudit: false,
    hasCalls: false,
    isConfigured,
  }).client;
}

test('the page signs in through the client admin, or else the first one', () => {
  expect(clientOf(['web', 'admin'])).toBe('admin');
  expect(clientOf(['cli', 'web'])).toBe('cli');
  expect(clientOf(['cli', 'web'], { client: 'web' })).toBe('web');
  expect(clientOf(null)).toBe('web');
});

test('a page that no client can sign in to is refused at start', () => {
  expect(() => clientOf([])).toThrow("createDurinAdmin: page needs a client with transport: 'header'");
  expect(() => clientOf(['cli'], { client: 'web' })).toThrow('createDurinAdmin: page.client must be one of');
});

test('an app that only mounts the admin router needs no such client', () => {
  expect(clientOf([], { isConfigured: false })).toBe('web');
});
