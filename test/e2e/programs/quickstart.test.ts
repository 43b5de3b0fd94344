import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabaseServer, databaseUrl } from '../../support/servers/database-server.ts';
import { freePort, type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { startProgram } from './program.ts';

/** The data of a first start. Each test continues from a copy, because an embedded database takes seconds to create. */
let prepared: string;
beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), 'durin-quickstart-'));
  const { code, output } = await run(['--exit', '--port', '0'], { QUICKSTART_DATA: prepared });
  if (code !== 0) throw new Error(output);
});
afterAll(() => rm(prepared, { recursive: true, force: true }));

let postgres: PostgresServer;
let onPostgres: Record<string, string>;
beforeAll(async () => {
  postgres = await startPostgres();
  onPostgres = { DATABASE_URL: postgres.url, DURIN_SECRET: 'a secret of the environment, long enough' };
});
afterAll(() => postgres?.stop());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-quickstart-'));
  await cp(prepared, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts the program as `npm start` does, once the package is built. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  return startProgram(['examples/quickstart/main.ts', ...args], { QUICKSTART_DATA: folder, ...env });
}

const run = (args: readonly string[], env?: Record<string, string>) => start(args, env).ended;
const steps = (output: string) => output.match(/^✓ .*$/gm) ?? [];
const curlLine = (output: string) => /^ {2}(curl .*)$/m.exec(output)?.[1] ?? '';
const urlIn = (output: string) => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
const keyIn = (output: string) => /Token ([0-9a-f]{64})"/.exec(output)?.[1];
const stackTrace = /^\s+at \S/m;

async function shell(command: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  return JSON.parse(stdout);
}

test('a second start finds the user and leaves the API key alone', async () => {
  await rm(folder, { recursive: true });
  const first = await run(['--exit', '--port', '0']);
  const second = await run(['--exit', '--port', '0']);
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('Created the user alice.') });
  expect(second).toMatchObject({ code: 0, output: expect.stringContaining('Found the user alice.') });
  expect(second.output).not.toContain('Created');
  expect(steps(first.output).length).toBeGreaterThan(15);
  expect(steps(second.output)).toHaveLength(steps(first.output).length - 3);
  expect(keyIn(first.output)).toBeDefined();
  expect(second.output).toMatch(/The API key stays +it existed before the tour$/m);
  expect(keyIn(second.output)).toBeUndefined(); // the server does not show it again
  expect(first.output + second.output).not.toMatch(stackTrace);
  expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
});

test('the tour does not end a session that existed before', async () => {
  const first = start(['--port', '0']);
  const login = await fetch(`${urlIn(await first.until('Stop it with'))}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password: 'wonderland', client: 'cli' }),
  });
  const { result } = (await login.json()) as { result: { data: { token: string } } };
  await first.stop('SIGTERM');

  const second = start(['--port', '0']);
  const url = urlIn(await second.until('Stop it with'));
  const headers = { authorization: `Token ${result.data.token}` };
  expect(await (await fetch(`${url}/trpc/whoami`, { headers })).json()).toMatchObject({
    result: { data: { username: 'alice', client: 'cli' } },
  });
  await second.stop('SIGTERM');
});

test('it serves until SIGTERM, and the printed curl command works', async () => {
  await rm(folder, { recursive: true }); // the tour prints a key when it creates one
  const program = start(['--port', '0']);
  const output = await program.until('Stop it with');
  expect(output).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+ .*$/m);
  expect(await shell(curlLine(output))).toEqual({ result: { data: ['The Pool of Tears', 'A Caucus-Race'] } });
  expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, output: expect.stringContaining('Stopping.') });
});

test('it serves until SIGINT', async () => {
  const program = start(['--port', '0'], onPostgres);
  await program.until('Stop it with');
  expect(await program.stop('SIGINT')).toMatchObject({ code: 0, output: expect.stringContaining('Stopping.') });
});

test('it ends when the shell that npm runs it in ends', async () => {
  const script = `child_process.spawn(process.execPath, ['examples/quickstart/main.ts'], { stdio: 'inherit' })`;
  const parent = startProgram(['-e', script], { QUICKSTART_DATA: folder, PORT: '0', npm_lifecycle_event: 'start' });
  await parent.until('Stop it with');
  const { output } = await parent.stop('SIGTERM'); // the output ends with the last process that writes to it
  expect(output).toContain('Stopping.');
});

test('it exits if the requested port is in use', async () => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const asked = await run(['--exit'], { PORT: String(port), ...onPostgres });
  holder.close();
  expect(asked).toEqual({ code: 1, output: expect.stringContaining(`Port ${port} is in use.`) });
  expect(asked.output).not.toMatch(stackTrace);
});

test('if port 3000 is in use it listens on another port', async () => {
  const holder = createServer().listen(3000, '127.0.0.1');
  await Promise.race([once(holder, 'listening'), once(holder, 'error')]).catch(() => {}); // in use by another process is fine too
  const { code, output } = await run(['--exit'], onPostgres);
  holder.close();
  expect(code).toBe(0);
  expect(output).toMatch(/calls http:\/\/127\.0\.0\.1:30(?!00)\d\d\/trpc/);
});

test('two processes do not use the same data folder', async () => {
  const first = start(['--port', '0']);
  await first.until('Stop it with');
  expect(await run(['--exit', '--port', '0'])).toEqual({ code: 1, output: expect.stringContaining(`uses ${folder}`) });
  await first.stop('SIGTERM');
});

test('a killed server keeps what it has committed, and the next one starts', async () => {
  const killed = start(['--port', '0']);
  const url = urlIn(await killed.until('Stop it with'));
  const body = JSON.stringify({ username: 'alice', password: 'wonderland', client: 'cli' });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const login = (await (await fetch(`${url}/trpc/auth.login`, init)).json()) as { result: { data: { token: string } } };
  await killed.stop('SIGKILL');

  const next = start(['--port', '0']);
  const headers = { authorization: `Token ${login.result.data.token}` };
  const whoami = await fetch(`${urlIn(await next.until('Stop it with'))}/trpc/whoami`, { headers });
  expect(await whoami.json()).toMatchObject({ result: { data: { username: 'alice', client: 'cli' } } });
  await next.stop('SIGTERM');
});

test('the command line works while the server is stopped', async () => {
  const config = ['--config', 'examples/quickstart/durin.config.ts'];
  const cli = (...args: string[]) =>
    startProgram(['dist/src/cli/main.js', ...config, ...args], { QUICKSTART_DATA: folder }).ended;
  const first = start(['--port', '0']);
  await first.until('Stop it with');
  expect(await cli('list-clients')).toEqual({
    code: 1,
    output: expect.stringMatching(/^error: .*: Process \d+ \(main\.ts\) uses .* Stop that one first\.\n$/),
  });
  await first.stop('SIGTERM');
  expect(await cli('list-clients')).toEqual({ code: 0, output: expect.stringMatching(/\napi +90d .*\ncli +never/) });
  expect(await cli('issue-token', 'alice', 'cli')).toMatchObject({ code: 0 });
  expect(await run(['--exit', '--port', '0'])).toMatchObject({ code: 0 });
});

test('an unknown option is reported in one line', async () => {
  expect(await run(['--prot', '1'])).toEqual({ code: 1, output: expect.stringMatching(/^.*'--prot'.*\n$/) });
});

test('with DATABASE_URL it uses that PostgreSQL and drops nothing', async () => {
  const url = databaseUrl(postgres.url, 'of_two_programs');
  await createDatabaseServer(postgres.url).create('of_two_programs');
  const env = { ...onPostgres, DATABASE_URL: url };
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
  const execute = (sql: string) => orm.em.getConnection().execute<{ count: number }[]>(sql);
  try {
    await execute('create table other_program (id int)');
    expect(await run(['--exit', '--port', '0'], env)).toMatchObject({ code: 0 });
    expect(await run(['--exit', '--port', '0'], env)).toMatchObject({ code: 0 });
    expect(await execute('select count(*)::int as count from quickstart_user')).toEqual([{ count: 2 }]);
    expect(await execute('select count(*)::int as count from other_program')).toEqual([{ count: 0 }]);

    await execute("update quickstart_user set password_hash = ''");
    const failed = await run(['--exit', '--port', '0'], env);
    expect(failed).toEqual({ code: 1, output: expect.stringContaining('✗ alice logs in to the client web') });
    expect(failed.output).not.toMatch(stackTrace);
  } finally {
    await orm.close();
  }
});

test('a database that cannot be reached is reported in one line', async () => {
  const env = { DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/none` };
  expect(await run(['--exit'], env)).toEqual({ code: 1, output: expect.stringMatching(/^.*ECONNREFUSED.*\n$/) });
});
