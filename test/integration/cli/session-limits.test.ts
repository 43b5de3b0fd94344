import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { createCommandLine } from './command-line.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let run: ReturnType<typeof createCommandLine>;
beforeAll(async () => {
  app = await openApp();
  run = createCommandLine(app.durin);
});
afterAll(() => app?.close());

const day = 86_400;
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

test('create-client takes limits and lifetimes of sessions', async () => {
  const options = ['--max-sessions', '5', '--at-limit', 'refuse', '--idle-ttl', '3 00:00:00', '--max-lifetime', '90d'];
  expect(await run('create-client', 'tv', ...options)).toMatchObject({
    stdout: 'Client tv created!',
    json: { maxSessions: 5, atLimit: 'refuse', idleTtl: 3 * day, maxLifetime: 90 * day },
  });
  expect(await run('create-client', 'plain')).toMatchObject({
    json: { maxSessions: 1, atLimit: 'end-oldest', idleTtl: null, maxLifetime: null },
  });
});

test('update-client changes only what is given', async () => {
  const changed = await run('update-client', 'tv', '--idle-ttl', 'never', '--at-limit', 'end-oldest');
  const json = { name: 'tv', tokenTtl: day, maxSessions: 5, atLimit: 'end-oldest', idleTtl: null };
  expect(changed).toMatchObject({ stdout: 'Client tv updated!', json: { ...json, maxLifetime: 90 * day } });
  expect((await run('update-client', 'tv')).stderr).toBe(
    'Nothing to change: pass at least one option, such as --token-ttl.',
  );
});

test('list-clients shows limits and lifetimes', async () => {
  const { stdout } = await run('list-clients', '--search', 'tv');
  expect(stdout).toMatch(
    /^NAME +TOKEN TTL +THROTTLE RATE +MAX SESSIONS +AT LIMIT +IDLE TTL +MAX LIFETIME +TOKENS +CREATED\ntv +1d +default +5 +end-oldest +never +90d +0 +\S+Z$/,
  );
});

test.for([
  ['--max-sessions', '0', 'It must be a whole number from 1 to 1000.'],
  ['--max-sessions', '1001', 'It must be a whole number from 1 to 1000.'],
  ['--max-sessions', '1.5', 'It must be a whole number from 1 to 1000.'],
  ['--at-limit', 'wait', 'Allowed choices are end-oldest, refuse.'],
  ['--idle-ttl', '299', 'It must be a duration of at least 5 minutes, such as 3d or 12h, or never.'],
  ['--idle-ttl', 'soon', 'It must be a duration of at least 5 minutes, such as 3d or 12h, or never.'],
  ['--max-lifetime', 'long', 'It must be a duration such as 14d,'],
] as const)('%s %s is refused', async ([option, value, sentence]) => {
  const { stdout, stderr } = await run('update-client', 'tv', option, value);
  expect(stdout).toBe('');
  expect(stderr).toContain(sentence);
});

test('issue-token says what it ends, and ends nothing if it may not', async () => {
  await run('update-client', 'tv', '--max-sessions', '2');
  const first = await run('issue-token', 'alice', 'tv', '--name', 'Kitchen');
  expect(first.stderr).toMatch(/ It is not shown again\.$/);
  expect(first.json).toMatchObject({ ended: 0, session: { name: 'Kitchen' } });
  await run('issue-token', 'alice', 'tv', '--name', 'Attic');
  expect(await run('issue-token', 'alice', 'tv', '--at-limit', 'refuse')).toMatchObject({
    stdout: '',
    stderr: 'alice has as many sessions for tv as it allows. With --at-limit end-oldest, the token ends one.',
  });
  const third = await run('issue-token', 'alice', 'tv', '--at-limit', 'end-oldest');
  expect(third.stderr).toMatch(/ It is not shown again\. It ended 1 session of the user\.$/);
  expect((await run('issue-token', 'alice', 'tv', '--name', 'x'.repeat(65))).stderr).toBe(
    'name: At most 64 characters.',
  );
  expect((await run('list-tokens', '--client', 'tv')).json).toHaveLength(2);
});

test('list-tokens shows names and devices', async () => {
  const { durin } = app;
  const login = { username: 'bob', password, client: 'web', deviceName: 'Laptop' } as const;
  const router = t.router({ auth: durin.durinRouter });
  await router.createCaller(durin.createContext(requestOf({ userAgent: firefox }))).auth.login(login);
  const { stdout } = await run('list-tokens', '--user', 'bob');
  expect(stdout).toMatch(
    /^ID +USER +CLIENT +NAME +DEVICE +CREATED +EXPIRES IN +LAST USED +FROM\n\S+ +bob +web +Laptop +Firefox on Windows +\S+Z +(?:1 day|24 hours) +\S+ +127\.0\.0\.1$/,
  );
});
