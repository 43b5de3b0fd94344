import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf } from '../../support/app.ts';
import { createCommandLine } from '../cli/command-line.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let opened: Awaited<ReturnType<typeof openScopedAdmin>>;
beforeAll(async () => {
  app = await openApp();
  opened = await openScopedAdmin();
});
afterAll(() => app.close());

async function openScopedAdmin() {
  const durin = createDurin({ ...app.options, scopes: ['read', 'write', 'billing'] });
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const admin = adminRouter.createCaller(durin.createContext(requestOf({ token })));
  return { durin, admin, run: createCommandLine(durin) };
}

async function scopesOf(token: string) {
  return (await opened.durin.authenticate(token)).scopes;
}

test('an admin issues a token with scopes, and sees them', async () => {
  const { admin } = opened;
  const { token, session } = await admin.tokens.issue({ user: 2, client: 'cli', scopes: ['billing', 'read'] });
  expect(session.scopes).toEqual(['read', 'billing']);
  expect(await admin.tokens.get({ id: session.id })).toEqual(session);
  expect(await scopesOf(token)).toEqual(['read', 'billing']);
  expect((await admin.tokens.issue({ user: 2, client: 'cli' })).session.scopes).toBeNull();
});

test.each([
  [['raed'], { scopes: ['Each must be one of the option scopes.'] }],
  ['read', { scopes: ['This field must be a list of scopes.'] }],
  [[1], { 'scopes.0': ['This field must be a list of scopes.'] }],
])('an admin issues no token with the scopes %j', async (scopes, fields) => {
  const issuing = opened.admin.tokens.issue({ user: 2, client: 'cli', scopes: scopes as string[] });
  await expect(issuing).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT', fields } });
});

test('issue-token takes scopes, or none at all', async () => {
  const { run } = opened;
  const some = await run('issue-token', 'bob', 'cli', '--scopes', 'write, read');
  expect(await scopesOf(some.stdout)).toEqual(['read', 'write']);
  expect(some.json).toMatchObject({ session: { scopes: ['read', 'write'] } });
  const none = await run('issue-token', 'bob', 'cli', '--scopes', '');
  expect(await scopesOf(none.stdout)).toEqual([]);
  const wrong = await run('issue-token', 'bob', 'cli', '--scopes', 'read,raed');
  expect(wrong).toMatchObject({ stdout: '', stderr: 'scopes: Each must be one of the option scopes.' });
});
