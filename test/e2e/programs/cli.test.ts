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

const sessionFile = () => join(folder, 'durin-quickstart', 'sessions.json');
const program = 'examples/cli/main.ts';

/** Runs a command and waits for its end. */
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

test('it signs in, stores the session privately, calls and signs out', async () => {
  expect(await login()).toEqual({ code: 0, output: `Signed in to ${quickstart.url} as alice.\n` });
  expect((await stat(sessionFile())).mode & 0o777).toBe(0o600);
  expect((await stat(join(sessionFile(), '..'))).mode & 0o777).toBe(0o700);
  expect(await readFile(sessionFile(), 'utf8')).not.toContain('wonderland');

  expect(await cli('whoami')).toEqual({ code: 0, output: 'alice on cli, expires: never\n' });
  expect(await cli('deploy')).toEqual({ code: 0, output: 'alice deployed from a terminal\n' });
  expect(await cli('sessions')).toEqual({ code: 0, output: expect.stringMatching(/^cli .* never .* this session\n$/) });
  expect(await cli('logout')).toEqual({ code: 0, output: 'Signed out.\n' });
  await expect(stat(sessionFile())).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await cli('logout')).toEqual({ code: 0, output: 'You were not signed in.\n' });
});

test('a procedure for other clients is refused', async () => {
  await login();
  const refused = { code: 1, output: 'This client may not use this procedure.\n' };
  expect(await cli('publish', 'Down the rabbit hole')).toEqual(refused);
  expect(await login('looking-glass')).toEqual({ code: 1, output: 'Unable to log in with provided credentials.\n' });
  expect((await cli('whoami')).code).toBe(0); // a failed login does not end the session
});

test('a caller who is not signed in is told how to sign in', async () => {
  const hint = `Sign in with: login --url ${quickstart.url}\n`;
  expect(await cli('whoami')).toEqual({ code: 3, output: `You are not signed in. ${hint}` });
  await login();
  await quickstart.auth.tokens.revokeAll({ user: quickstart.userId });
  expect(await cli('whoami')).toEqual({ code: 3, output: `Your session was ended from another device. ${hint}` });
  expect(await cli('whoami')).toEqual({ code: 3, output: `You are not signed in. ${hint}` });
});

test('logout --everywhere also ends the sessions of other clients', async () => {
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
    output: expect.stringContaining(`The quickstart's server does not answer at ${other.url}`),
  });
  expect(authorizations).toEqual([undefined]);
});

test('without a server it reports that and stays signed in', async () => {
  await login();
  const url = `http://127.0.0.1:${await freePort()}`;
  const away = {
    code: 4,
    output: `The quickstart's server does not answer at ${url}. Start it with npm start, or give another address with --url.\n`,
  };
  expect(await cli('whoami', '--url', url)).toEqual(away);
  expect((await cli('whoami')).code).toBe(0);
});

test.for([
  [[], 'A command is required. See --help.'],
  [['frobnicate'], 'Unknown command: frobnicate. See --help.'],
  [['publish'], 'publish requires a title. See --help.'],
  [['whoami', 'alice'], 'Unexpected argument: alice. See --help.'],
  [['whoami', '--url', 'example'], 'example is not an HTTP URL. See --help.'],
  [['login'], 'Without a terminal, --username is required. See --help.'],
] as const)('%j is wrong usage', async ([args, sentence]) => {
  expect(await cli(...args)).toEqual({ code: 2, output: `${sentence}\n` });
});

test('an unknown option is wrong usage, and --help prints the usage', async () => {
  expect(await cli('--frob')).toEqual({ code: 2, output: expect.stringMatching(/^.*'--frob'.* See --help\.\n$/) });
  expect(await cli('--help')).toEqual({ code: 0, output: expect.stringMatching(/^Usage: .*Exit codes:/s) });
});

test('it reports a session that cannot be stored', async () => {
  await writeFile(join(folder, 'durin-quickstart'), 'a file where the folder should be');
  expect(await login()).toEqual({
    code: 1,
    output: expect.stringContaining(`The session cannot be stored in ${sessionFile()}`),
  });
});

test('every command reports a session file that cannot be read', async () => {
  await mkdir(sessionFile(), { recursive: true });
  const unreadable = {
    code: 1,
    output: expect.stringContaining(`The session cannot be stored in ${sessionFile()}: EISDIR`),
  };
  expect(await cli('whoami')).toEqual(unreadable);
  expect(await cli('logout')).toEqual(unreadable);
  expect(await login()).toEqual(unreadable);
});

test('the password is the first line of standard input', async () => {
  const running = startProgram([program, 'login', '--username', 'alice'], env);
  running.type('wonderland\r\nmore\n');
  await running.until(`Signed in to ${quickstart.url} as alice.`);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test.runIf(process.platform === 'linux')('in a terminal it prompts without echoing the password', async () => {
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

test.runIf(process.platform === 'linux')('Ctrl+C at the prompt cancels the login', async () => {
  const running = startInTerminal([program, 'login', '--username', 'alice'], env);
  await running.until('Password of alice: ');
  running.type('\u0003');
  expect(await running.ended).toMatchObject({ code: 130, output: expect.stringContaining('Cancelled.') });
});
