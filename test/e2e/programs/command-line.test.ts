import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { type CliApp, openCliApp } from './command-line-app.ts';

const by = 'command-line';
const oneLine = /^error: [^\n]*\n$/;
const aToken = /[0-9a-f]{64}/;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

test('on PGlite, clients and tokens can be created and deleted', async () => {
  const app = await openCliApp();
  const created = { code: 0, stdout: 'Client web created!\n', stderr: '' };
  expect(await app.run(['create-client', 'web', '--token-ttl', '14d', '--throttle-rate', '100/h'])).toEqual(created);
  expect((await app.run(['issue-token', 'alice', 'web'])).stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(await app.run(['delete-client', 'web', '--yes'])).toMatchObject({ code: 0, stderr: '' });
  expect(await app.run(['list-clients'])).toEqual({ code: 0, stdout: 'There are no clients.\n', stderr: '' });
  await app.remove();
});

describe('on PostgreSQL', () => {
  let app: CliApp;
  beforeAll(async () => {
    app = await openCliApp({ POSTGRES_URL: postgres.url });
  });
  afterAll(() => app?.remove());

  const issue = (user: string) => app.run(['issue-token', user, 'web', '--json']);

  async function json(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await app.run([...args, '--json']);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  test('4: create-client with only a name uses the default lifetime', async () => {
    expect(await app.run(['create-client', 'mobile'])).toEqual({
      code: 0,
      stdout: 'Client mobile created!\n',
      stderr: '',
    });
    expect(await json('list-clients')).toMatchObject([
      { name: 'mobile', tokenTtl: 86_400, throttleRate: null, tokens: 0 },
    ]);
    expect(await app.audited()).toEqual([{ action: 'client-created', client: 'mobile', by }]);
  });

  test('5: create-client accepts a lifetime and a rate', async () => {
    const args = [
      '--config',
      'durin.config.ts',
      'create-client',
      'web',
      '--token-ttl',
      '14d',
      '--throttle-rate',
      '100/h',
    ];
    expect(await app.run(args)).toEqual({ code: 0, stdout: 'Client web created!\n', stderr: '' });
    expect(await json('create-client', 'dj', '--token-ttl', '14 00:00', '--throttle-rate', '1/s')).toMatchObject({
      tokenTtl: 14 * 86_400,
      throttleRate: '1/s',
    });
    expect(await json('create-client', 'cli', '--token-ttl', 'never')).toMatchObject({ tokenTtl: null });
    const list = await app.run(['list-clients', '--search', 'W']);
    expect(list.stdout).toMatch(
      /^NAME +TOKEN TTL +THROTTLE RATE .*CREATED\nweb +14d +100\/h +1 +end-oldest +never +never +0 +20\S+Z\n$/,
    );
    await app.audited();
  });

  test('6: create-client requires a name', async () => {
    const stderr = "error: missing required argument 'name'\n";
    expect(await app.run(['create-client'])).toEqual({ code: 2, stdout: '', stderr });
  });

  test('7: create-client refuses a blank name with one sentence', async () => {
    const stderr = 'error: name: This field may not be blank.\n';
    for (const name of ['', '  '])
      expect(await app.run(['create-client', name])).toEqual({ code: 2, stdout: '', stderr });
  });

  test('8: create-client refuses an invalid lifetime or rate', async () => {
    const ttl = await app.run(['create-client', 'bot', '--token-ttl', 'invalid']);
    expect(ttl).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) as string });
    expect(ttl.stderr).toContain(
      "It must be a duration such as 14d, 12h, '14 00:00:00' or P14D, from 1 second to 68 years",
    );
    const rate = await app.run(['create-client', 'bot', '--throttle-rate', '2/minute']);
    expect(rate).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) as string });
    expect(rate.stderr).toContain('It must be a rate such as 5/s, 100/m, 1000/h or 10000/d, or none.');
    expect(await app.audited()).toEqual([]);
  });

  test('a client is changed, and deleted with its tokens', async () => {
    expect(await app.run(['create-client', 'web'])).toMatchObject({
      code: 1,
      stderr: 'error: A client with that name already exists.\n',
    });
    expect(await app.run(['update-client', 'dj', '--name', ''])).toMatchObject({
      code: 2,
      stderr: 'error: name: This field may not be blank.\n',
    });
    expect(await app.run(['update-client', 'dj'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(oneLine) as string,
    });
    const renamed = await json(
      'update-client',
      'dj',
      '--name',
      'disco',
      '--token-ttl',
      'P1D',
      '--throttle-rate',
      'none',
    );
    expect(renamed).toMatchObject({ name: 'disco', tokenTtl: 86_400, throttleRate: null });
    await app.run(['issue-token', 'alice', 'disco']);
    const unasked = await app.run(['delete-client', 'disco']);
    expect(unasked).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: This command asks for confirmation. Without a terminal, pass --yes.\n',
    });
    const deleted = await app.run(['delete-client', 'disco', '--yes']);
    expect(deleted).toEqual({ code: 0, stdout: 'Client disco deleted, and 1 token with it.\n', stderr: '' });
    expect(await app.run(['delete-client', 'disco', '--yes'])).toMatchObject({
      code: 1,
      stderr: 'error: No client with that name.\n',
    });
    expect(await app.audited()).toMatchObject([
      { action: 'client-updated', client: 'dj', changes: { name: 'disco', tokenTtl: 86_400, throttleRate: null }, by },
      { action: 'token-issued', client: 'disco', by },
      { action: 'client-deleted', client: 'disco', tokens: 1, by },
    ]);
  });

  test('tokens are managed, and only issue-token prints one', async () => {
    const issued = await app.run(['issue-token', 'alice', 'web', '--ttl', '1h']);
    expect(issued.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(issued.stderr).toMatch(/^The token of alice \(1\) for web expires at 20\S+Z\. It is not shown again\.\n$/);
    const { session } = (await json('issue-token', 'alice', 'cli')) as { session: { id: string } };
    await app.run(['issue-token', 'alicia', 'web', '--ttl', '1']);

    const list = await app.run(['list-tokens', '--user', 'alice']);
    expect(list.stdout.split('\n')).toHaveLength(4);
    expect(list.stdout).not.toMatch(aToken);
    expect(await json('list-tokens', '--client', 'cli', '--state', 'valid')).toMatchObject([
      { id: session.id, client: 'cli' },
    ]);
    expect(await app.run(['list-tokens', '--client', 'clii'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: No client with that name.\n',
    });
    const two = await app.run(['list-tokens', '--limit', '2', '--json']);
    expect([JSON.parse(two.stdout), two.stderr]).toEqual([
      expect.objectContaining({ length: 2 }),
      'There are more tokens: raise --limit to list them.\n',
    ]);
    expect(await json('list-tokens', '--search', 'ALIC')).toHaveLength(3);

    const revoked = await app.run(['revoke-token', session.id]);
    expect(revoked).toEqual({ code: 0, stdout: `Token ${session.id} revoked.\n`, stderr: '' });
    expect(await app.run(['revoke-token', session.id])).toMatchObject({
      code: 1,
      stderr: 'error: No token with that id.\n',
    });
    expect(await app.run(['revoke-user', 'alice', '-y'])).toMatchObject({
      code: 0,
      stdout: '1 token of alice revoked.\n',
    });
    expect(await app.run(['purge-expired'])).toEqual({ code: 0, stdout: '1 expired token removed.\n', stderr: '' });
    expect((await app.run(['list-tokens'])).stdout).toBe('No tokens found.\n');
    const audit = await app.audited();
    expect(audit.map((event) => (event as { action: string }).action)).toEqual([
      'token-issued',
      'token-issued',
      'token-issued',
      'token-revoked',
      'user-signed-out',
      'expired-purged',
    ]);
    expect(JSON.stringify(audit)).not.toMatch(aToken);
  });

  test('a user is found by exact name or key only', async () => {
    expect(await issue('ali')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: There is no user "ali". Did you mean alice (1), alicia (2)?\n',
    });
    expect(await issue('nobody')).toMatchObject({ code: 1, stderr: 'error: There is no user "nobody".\n' });
    expect(JSON.parse((await issue('ALICIA')).stdout)).toMatchObject({ session: { user: { id: 2 } } });
    expect(JSON.parse((await issue('bob')).stdout)).toMatchObject({ session: { user: { id: 4 } } });
    expect(await issue('BOB')).toMatchObject({
      code: 1,
      stderr: 'error: "BOB" can be Bob (3), bob (4). Pass the key of one, such as key:3.\n',
    });
    expect(JSON.parse((await issue('4')).stdout)).toMatchObject({ session: { user: { id: 4 } } });
  });

  test('a key that is also a name is ambiguous without the prefix key:', async () => {
    const stderr = 'error: "3" can be Bob (3), 3 (5). Pass the key of one, such as key:3.\n';
    expect(await issue('3')).toEqual({ code: 1, stdout: '', stderr });
    expect(await app.run(['revoke-user', '3', '--yes'])).toEqual({ code: 1, stdout: '', stderr });
    expect(JSON.parse((await issue('key:3')).stdout)).toMatchObject({ session: { user: { id: 3 } } });
    expect(JSON.parse((await issue('5')).stdout)).toMatchObject({ session: { user: { id: 5, label: '3' } } });
    for (const typed of ['02', '2.0', 'key:02']) expect(await issue(typed)).toMatchObject({ code: 1, stdout: '' });
    expect(await issue('key:6')).toMatchObject({ code: 1, stderr: 'error: There is no user "key:6".\n' });
  });

  test('on a terminal, destructive commands ask for confirmation', async () => {
    await app.run(['create-client', 'kiosk']);
    const no = await app.runOnTerminal(['delete-client', 'kiosk'], 'n\n');
    expect(no.code).toBe(1);
    expect(no.stdout).toContain('Delete the client kiosk and its 0 tokens? [y/N]');
    expect(no.stdout).toContain('error: Nothing was changed.');
    expect(await app.runOnTerminal(['revoke-user', 'alice'], '\n')).toMatchObject({ code: 1 });
    const yes = await app.runOnTerminal(['revoke-user', 'alice'], 'y\n');
    expect(yes).toMatchObject({ code: 0, stdout: expect.stringContaining('0 tokens of alice revoked.') as string });
    expect((await app.run(['list-clients'])).stdout).toContain('kiosk');
  });
});
