import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { openServer } from '../../../src/cli/remote/open-server.ts';
import { parseServerAddress } from '../../../src/cli/remote/server-address.ts';
import { User } from '../../support/entities.ts';
import { openPageApp, type PageApp } from '../admin/page-app.ts';
import { createCommandLine, runCommandsOn } from './command-line.ts';

const address = parseServerAddress('https://example.org/admin', false);

let app: PageApp;
let here: ReturnType<typeof createCommandLine>;
beforeAll(async () => {
  app = await openPageApp();
  here = createCommandLine(app.durin);
});
afterAll(() => app.close());

/** The command line of another machine, with a token of this user for the client cli. */
async function elsewhere(username: string, page: PageApp['page'] = app.page) {
  const user = await app.orm.em.fork().findOneOrFail(User, { username });
  const { token } = await app.durin.tokens.issue({ user, client: 'cli' });
  const { close: _close, ...opened } = openServer(address, token, (url, init) => page(new Request(url, init)));
  return runCommandsOn({ ...opened, now: app.clock });
}

test('a command prints the same here and elsewhere', async () => {
  const remote = await elsewhere('alice');
  await here('create-client', 'kiosk', '--token-ttl', '14d', '--throttle-rate', '100/h');
  await here('issue-token', 'bob', 'kiosk', '--name', '2026-01-01T00:00:00.000Z');
  for (const command of [
    ['list-clients', '--sort', 'tokens'],
    ['list-tokens', '--user', 'bob'],
    ['list-tokens', '--state', 'expired'],
    ['keys'],
    ['update-client', 'kiosk', '--max-sessions', '3'],
    ['create-client', 'kiosk'],
    ['create-client', ' '],
    ['delete-client', 'nothing', '--yes'],
    ['revoke-token', '0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e'],
    ['issue-token', 'nobody', 'web'],
    ['issue-token', 'bob', 'kiosk', '--at-limit', 'refuse', '--scopes', 'none'],
    ['purge-expired'],
  ]) {
    const printed = await here(...command);
    expect({ command, ...(await remote(...command)) }).toEqual({ command, ...printed });
    expect(printed.stdout + printed.stderr).not.toBe('');
  }
});

test('what it changes is done by the admin of the token', async () => {
  const by: unknown[] = [];
  app.durin.events.on('adminAction', (event) => by.push([event.action, event.by]));
  const remote = await elsewhere('alice');
  expect((await remote('issue-token', 'bob', 'web', '--ttl', '1h')).stdout).toMatch(/^[0-9a-f]{64}$/);
  expect((await remote('revoke-user', 'bob', '--yes')).stdout).toMatch(/^\d+ tokens? of bob revoked\.$/);
  expect(by).toEqual([
    ['token-issued', expect.objectContaining({ userId: 1, client: 'cli' })],
    ['user-signed-out', expect.objectContaining({ userId: 1, client: 'cli' })],
  ]);
});

test('a user who is no admin is refused', async () => {
  const remote = await elsewhere('bob');
  expect(await remote('list-clients')).toMatchObject({
    stdout: '',
    stderr: 'The user of this token is no admin of the server.',
  });
});

test('an admin who may only read is refused every change', async () => {
  const { page } = createDurinAdmin(app.durin, { isAdmin: () => 'read', page: { client: 'web' } });
  const remote = await elsewhere('bob', page);
  expect((await remote('list-clients')).stdout).toContain('web');
  expect(await remote('delete-client', 'web', '--yes')).toMatchObject({
    stdout: '',
    stderr: 'You may see everything here, and change nothing.',
  });
});

test('policies are those that the server shows, and a router is code', async () => {
  const remote = await elsewhere('alice');
  expect((await remote('policy')).stderr).toBe(
    'The server does not show its policies: see the option router of createDurinAdmin.',
  );
  expect((await remote('policy', '--router', 'router.ts')).stderr).toContain('--router imports code of the app');
});
