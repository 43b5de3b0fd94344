import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen } from '../../integration/adapters/node-server.ts';
import { openQuickstart, type Quickstart } from '../../support/browser/quickstart-server.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import { startInTerminal, startProgram } from './program.ts';

let quickstart: Quickstart;
beforeAll(async () => {
  quickstart = await openQuickstart();
});
afterAll(() => quickstart.close());

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-cli-'));
  env = { XDG_CONFIG_HOME: folder, QUICKSTART_URL: quickstart.url };
  await quickstart.auth.tokens.revokeAll({ user: quickstart.userId });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = () => join(folder, 'durin-quickstart', 'sessions.json');
const program = 'examples/cli/main.ts';

/** Runs a command to its end. */
function cli(...args: string[]) {
  const running = startProgram([program, ...args], env);
  running.endInput();
  return running.ended;
}

function login(password = 'wonderland') {
  const running = startProgram([program, 'login', '--username', 'alice'], env);
  running.type(`${password}\n`);
  running.endInput();
  return running.ended;
}

test('it signs in, keeps the session private, calls the API and signs out', async () => {
  expect(await login()).toEqual({ code: 0, output: `Signed in to ${quickstart.url} as alice.\n` });
  expect((await stat(kept())).mode & 0o777).toBe(0o600);
  expect((await stat(join(kept(), '..'))).mode & 0o777).toBe(0o700);
  expect(await readFile(kept(), 'utf8')).not.toContain('wonderland');

  expect(await cli('whoami')).toEqual({ code: 0, output: 'alice on cli, expires: never\n' });
  expect(await cli('deploy')).toEqual({ code: 0, output: 'alice deployed from a terminal\n' });
  expect(await cli('sessions')).toEqual({ code: 0, output: expect.stringMatching(/^cli .* never .* this one\n$/) });
  expect(await cli('logout')).toEqual({ code: 0, output: 'Signed out.\n' });
  await expect(stat(kept())).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await cli('logout')).toEqual({ code: 0, output: 'You were not signed in.\n' });
});

test('a call that the client may not make is refused with a reason', async () => {
  await login();
  const refused = { code: 1, output: 'This client may not use this procedure.\n' };
  expect(await cli('publish', 'Down the rabbit hole')).toEqual(refused);
  expect(await login('looking-glass')).toEqual({ code: 1, output: 'Unable to log in with provided credentials.\n' });
  expect((await cli('whoami')).code).toBe(0); // a login that failed ends no session
});

test('without a session, it says how to sign in', async () => {
  const hint = `Sign in with: login --url ${quickstart.url}\n`;
  expect(await cli('whoami')).toEqual({ code: 3, output: `You are not signed in. ${hint}` });
  await login();
  await quickstart.auth.tokens.revokeAll({ user: quickstart.userId });
  expect(await cli('whoami')).toEqual({ code: 3, output: `Your session has ended, from another place. ${hint}` });
  expect(await cli('whoami')).toEqual({ code: 3, output: `You are not signed in. ${hint}` });
});

test('logout --everywhere revokes the sessions of other clients too', async () => {
  await login();
  const { token } = await quickstart.auth.tokens.issue({ user: quickstart.userId, client: 'web' });
  expect(await cli('logout', '--everywhere')).toEqual({ code: 0, output: 'Signed out everywhere.\n' });
  await expect(quickstart.auth.authenticate(token)).rejects.toThrow('Invalid token.');
});

test('a token is sent only to the server that issued it', async () => {
  await login();
  const authorizations: (string | undefined)[] = [];
  const other = await listen(
    createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end('<h1>Hello</h1>');
    }),
  );
  const answer = await cli('whoami', '--url', other.url);
  await other.close();
  expect(answer).toEqual({
    code: 4,
    output: expect.stringContaining(`No server of the quickstart answers at ${other.url}`),
  });
  expect(authorizations).toEqual([undefined]);
});

test('without a server, it says so and keeps the session', async () => {
  await login();
  const url = `http://127.0.0.1:${await freePort()}`;
  const away = {
    code: 4,
    output: `No server of the quickstart answers at ${url}. npm start starts one; --url names another.\n`,
  };
  expect(await cli('whoami', '--url', url)).toEqual(away);
  expect((await cli('whoami')).code).toBe(0);
});

test.for([
  [[], 'There is no command. See --help.'],
  [['frobnicate'], 'There is no command frobnicate. See --help.'],
  [['publish'], 'publish needs a title. See --help.'],
  [['whoami', 'alice'], 'whoami does not know what to do with alice. See --help.'],
  [['whoami', '--url', 'example'], 'example is not the URL of a server. See --help.'],
  [['login'], 'Without a terminal, --username has to be given. See --help.'],
] as const)('%j is invalid usage', async ([args, sentence]) => {
  expect(await cli(...args)).toEqual({ code: 2, output: `${sentence}\n` });
});

test('an unknown option is invalid usage, and --help lists the options', async () => {
  expect(await cli('--frob')).toEqual({ code: 2, output: expect.stringMatching(/^.*'--frob'.* See --help\.\n$/) });
  expect(await cli('--help')).toEqual({ code: 0, output: expect.stringMatching(/^Usage: .*Exit codes:/s) });
});

test('if the session cannot be stored, it says so', async () => {
  await writeFile(join(folder, 'durin-quickstart'), 'a file where the folder should be');
  expect(await login()).toEqual({
    code: 1,
    output: expect.stringContaining(`The session cannot be kept in ${kept()}`),
  });
});

test('an unreadable session file is reported by every command', async () => {
  await mkdir(kept(), { recursive: true });
  const unreadable = { code: 1, output: expect.stringContaining(`The session cannot be kept in ${kept()}: EISDIR`) };
  expect(await cli('whoami')).toEqual(unreadable);
  expect(await cli('logout')).toEqual(unreadable);
  expect(await login()).toEqual(unreadable);
});

test('the password is the first line of stdin, which may stay open', async () => {
  const running = startProgram([program, 'login', '--username', 'alice'], env);
  running.type('wonderland\r\nmore\n');
  await running.until(`Signed in to ${quickstart.url} as alice.`);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test.runIf(process.platform === 'linux')('on a terminal, it asks for the password without showing it', async () => {
  const running = startInTerminal([program, 'login'], env);
  await running.until('User name: ');
  running.type('alice\r');
  await running.until('Password of alice: ');
  running.type('wonderlamb\b\bnd\r');
  const { code, output } = await running.ended;
  expect(output).toContain(`Signed in to ${quickstart.url} as alice.`);
  expect(output).not.toContain('wonder');
  expect(code).toBe(0);
});

test.runIf(process.platform === 'linux')('Ctrl+C at the prompt exits without signing in', async () => {
  const running = startInTerminal([program, 'login', '--username', 'alice'], env);
  await running.until('Password of alice: ');
  running.type('\u0003');
  expect(await running.ended).toMatchObject({ code: 130, output: expect.stringContaining('Nothing was answered.') });
});
