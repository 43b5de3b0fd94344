import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { openAdminApp } from '../../support/admin-app.ts';
import { requestOf } from '../../support/app.ts';
import { type AuditedApp, openAuditedApp } from '../../support/audit/audited-app.ts';
import type { User } from '../../support/entities.ts';
import { createCommandLine } from '../cli/command-line.ts';

let app: AuditedApp;
let user: User;
let adminUser: User;
beforeAll(async () => {
  app = await openAuditedApp();
  adminUser = await app.addUser();
});
beforeEach(async () => {
  user = await app.addUser();
});
afterAll(() => app.close());

async function asAdmin() {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: () => true });
  const { token } = await app.durin.tokens.issue({ user: adminUser, client: 'web' });
  return adminRouter.createCaller(app.durin.createContext(requestOf({ token })));
}

test('lists changes by user, client, token and action, in pages', async () => {
  const { durin } = app;
  const admin = await asAdmin();
  const { auth } = await durin.tokens.issue({ user, client: 'personal' });
  await admin.tokens.revoke({ id: auth.id });
  const page = await admin.audit.list({ user: user.id, limit: 1 });
  const owner = { id: user.id, label: user.username };
  expect(page?.items).toMatchObject([
    {
      action: 'revoked',
      actor: 'admin',
      user: owner,
      actorUser: { id: adminUser.id },
      tokenId: auth.id,
      ipAddress: '127.0.0.1',
    },
  ]);
  const rest = await admin.audit.list({ user: user.id, limit: 1, cursor: page?.nextCursor });
  expect(rest).toMatchObject({ items: [{ action: 'issued', actor: 'server', actorUser: null }], nextCursor: null });
  expect((await admin.audit.list({ client: 'personal', action: 'issued' }))?.items[0]?.tokenId).toBe(auth.id);
  expect((await admin.audit.list({ tokenId: auth.id }))?.items).toHaveLength(2);
  expect(await admin.audit.list({ tokenId: 'none' })).toEqual({ items: [], nextCursor: null });
  await expect(admin.audit.list({ cursor: 'x' })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT' } });
});

test('a deleted user has its key as its label', async () => {
  const admin = await asAdmin();
  await app.durin.tokens.issue({ user, client: 'web' });
  await app.flush(user, (row, em) => em.remove(row));
  const page = await admin.audit.list({ user: user.id });
  expect(page?.items.map(({ action, user: owner }) => [action, owner])).toEqual([
    ['revoked', { id: user.id, label: String(user.id) }],
    ['issued', { id: user.id, label: String(user.id) }],
  ]);
});

test('counts calls by day, client and user', async () => {
  const { durin, callAs } = app;
  const admin = await asAdmin();
  const { token } = await durin.tokens.issue({ user, client: 'api' });
  for (const _ of [1, 2, 3]) await callAs({ token }).read();
  await durin.flush();
  expect((await admin.usage.calls({ client: 'api', days: 2 }))?.map(({ calls, users }) => [calls, users])).toEqual([
    [0, 0],
    [3, 1],
  ]);
  expect(await admin.usage.callsByClient({ days: 1 })).toContainEqual({ client: 'api', calls: 3, users: 1 });
  expect(await admin.usage.activeUsers({ client: 'api', limit: 1 })).toEqual([
    { user: { id: user.id, label: user.username }, calls: 3 },
  ]);
});

test('without an audit and without counts, the answers are null', async () => {
  const plain = await openAdminApp();
  const { admin } = await plain.asAlice();
  expect(await admin.audit.list()).toBeNull();
  expect(await admin.usage.calls()).toBeNull();
  expect(await admin.usage.callsByClient()).toBeNull();
  expect(await admin.usage.activeUsers()).toBeNull();
  const { stderr } = await createCommandLine(plain.durin)('audit', 'list');
  expect(stderr).toMatch(/^There is no audit: call defineDurinEntities with audit: true/);
  await plain.close();
});

test('audit list prints changes, and says that there are more', async () => {
  const run = createCommandLine(app.durin);
  await run('create-client', 'kiosk');
  await run('issue-token', user.username, 'kiosk');
  await run('revoke-user', user.username, '--yes');
  const { stdout, stderr, json } = await run('audit', 'list', '--user', user.username);
  expect(stderr).toBe('');
  const [headings, ...lines] = stdout.split('\n');
  expect(headings).toMatch(/^AT +ACTION +REASON +CLIENT +USER +TOKEN +BY +IP ADDRESS$/);
  expect(lines).toEqual([
    expect.stringMatching(/ revoked +revoked +kiosk .* command-line$/),
    expect.stringMatching(/ issued +kiosk .* command-line$/),
  ]);
  expect(json).toHaveLength(2);
  const one = await run('audit', 'list', '--client', 'kiosk', '--limit', '1');
  expect(one.stderr).toBe('There are more changes: raise --limit to list them.');
  expect((await run('audit', 'list', '--action', 'ended')).stderr).toMatch(/It must be one of issued, rolled, /);
});

test('audit list finds a deleted user by its key, and the changes of a token', async () => {
  const run = createCommandLine(app.durin);
  const { auth } = await app.durin.tokens.issue({ user, client: 'web' });
  const { id } = user;
  await app.flush(user, (row, em) => em.remove(row));
  const ofUser = await run('audit', 'list', '--user', `key:${id}`);
  expect(ofUser.json).toMatchObject([{ action: 'revoked' }, { action: 'issued' }]);
  expect(await run('audit', 'list', '--token-id', auth.id)).toEqual(ofUser);
});

test('audit list refuses a user who is unknown or ambiguous', async () => {
  const run = createCommandLine(app.durin);
  expect(await run('audit', 'list', '--user', 'alcie')).toEqual({
    stdout: '',
    stderr: 'There is no user "alcie".',
    json: undefined,
  });
  const namesake = await app.addUser();
  await app.flush(namesake, (row) => Object.assign(row, { username: String(user.id) }));
  expect((await run('audit', 'list', '--user', String(user.id))).stderr).toContain('Pass the key of one, such as key:');
});
