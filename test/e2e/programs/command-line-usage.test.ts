import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { openSilentServer } from '../../support/silent-server.ts';
import { type CliApp, openCliApp } from './command-line-app.ts';

// Help, and what is said of commands, config files and routers that cannot be used.

const oneLine = /^error: [^\n]*\n$/;

/** A config whose listener runs this code. */
const configWithListener = (work: string) =>
  "import { appendFileSync } from 'node:fs';\nimport { setTimeout as wait } from 'node:timers/promises';\n" +
  "import { durin } from './durin.config.ts';\nexport { durin };\n" +
  `durin.events.on('adminAction', async () => { ${work} });\n`;

let postgres: PostgresServer;
let app: CliApp;
beforeAll(async () => {
  postgres = await startPostgres();
  app = await openCliApp({ POSTGRES_URL: postgres.url });
  await app.run(['create-client', 'web']);
});
afterAll(async () => {
  await app?.remove();
  await postgres?.stop();
});

test('a user is found by key even if searchUsers returns nobody', async () => {
  await app.write(
    'by-name.config.ts',
    "export { durin } from './durin.config.ts';\nexport const searchUsers = () => [];\n",
  );
  const { stdout, stderr } = await app.run(['--config', 'by-name.config.ts', 'issue-token', '2', 'web', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ session: { user: { id: 2, label: 'alicia' } } });
  expect(stderr).toMatch(/^The token of alicia \(2\) for web expires at /);
});

test('the program waits for listeners of adminAction, up to ten seconds', async () => {
  await app.write(
    'slow.config.ts',
    configWithListener("await wait(300); appendFileSync(process.env.AUDIT ?? '', '1\\n');"),
  );
  await app.audited();
  expect(await app.run(['--config', 'slow.config.ts', 'purge-expired'])).toMatchObject({ code: 0, stderr: '' });
  expect(await app.audited()).toEqual([expect.objectContaining({ action: 'expired-purged' }), 1]);

  await app.write('endless.config.ts', configWithListener('await new Promise(() => {});'));
  expect(await app.run(['--config', 'endless.config.ts', 'purge-expired'])).toEqual({
    code: 1,
    stdout: '0 expired tokens removed.\n',
    stderr: 'error: An event listener did not answer within 10000 ms\n',
  });
});

test('policy reads a router in TypeScript that uses the durin of the config', async () => {
  await app.write(
    'router.ts',
    "import { initTRPC } from '@trpc/server';\nimport type { DurinContext } from 'trpc-durin';\n" +
      "import { durin } from './durin.config.ts';\nconst t = initTRPC.context<DurinContext>().create();\n" +
      "export const api = t.router({ me: durin.authedProcedure.query(() => 'me'), ping: t.procedure.query(() => 'pong') });\n",
  );
  const named = ['policy', '--router', './router.ts', '--export', 'api'];
  expect(await app.run(named)).toEqual({
    code: 0,
    stdout:
      'PROCEDURE  TYPE   GUARD    KEYS  CLIENTS  SCOPES  FRESH  RATE\n' +
      'me         query  guarded\n' +
      'ping       query  open     yes\n',
    stderr: '',
  });
  const { stdout } = await app.run([...named, '--json']);
  expect(JSON.parse(stdout)).toMatchObject([{ path: 'me', guard: 'guarded' }, { path: 'ping' }]);
  expect(await app.run(['policy', '--router', 'router.ts'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: router.ts does not export appRouter. Its routers are: api. Use --export.\n',
  });
  await app.write('enum.ts', 'enum Color { Red }\n');
  expect(await app.run(['policy', '--router', 'enum.ts'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: enum\.ts cannot be loaded: [^\n]*install tsx[^\n]*\n$/) as string,
  });
  expect(await app.run(['policy', '--router', 'rooter.ts'])).toMatchObject({
    code: 2,
    stderr: 'error: There is no file "rooter.ts". Use --router to name the module that exports the router.\n',
  });
});

test('a config may export durin as default, userLabel and searchUsers', async () => {
  await app.write(
    'named.config.ts',
    "import { durin } from './durin.config.ts';\nexport default durin;\n" +
      'export const userLabel = (user: { id: number }) => `user no ${user.id}`;\nexport const searchUsers = () => [2];\n',
  );
  const { stdout } = await app.run(['--config', 'named.config.ts', 'issue-token', 'user no 2', 'web', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ session: { user: { id: 2, label: 'user no 2' } } });
});

test.for([
  ['exports nothing', 'export {};', /must export durin, the object that createDurin returns\.\n$/],
  ['exports something else', 'export const durin = {};', /must export durin, .* with npx\.\n$/],
  [
    'throws',
    "throw new Error('the DURIN_SECRET is missing\\nand more');",
    /cannot be loaded: the DURIN_SECRET is missing\n$/,
  ],
  ['is not valid TypeScript', 'export const = 1;', /cannot be loaded: .*\n$/],
  [
    'has TypeScript that cannot be stripped',
    'export enum Kind { A }',
    /TypeScript enum .* set NODE_OPTIONS='--import tsx'\.\n$/,
  ],
  ['imports a missing file', "import './nope.ts';", /cannot be loaded: Cannot find module .*nope\.ts/],
  [
    'exports an invalid userLabel',
    "export { durin } from './durin.config.ts'; export const userLabel = 1;",
    /userLabel of broken\.config\.ts must be a function\.\n$/,
  ],
  [
    'never settles',
    'await new Promise(() => {}); export const durin = null;',
    /^error: The command waits for a promise that never settles\. It may be one of the config file\.\n$/,
  ],
  [
    'returns no users',
    "export { durin } from './durin.config.ts'; export const searchUsers = () => null;",
    /^error: searchUsers must return an array of users or of their keys\n$/,
    ['issue-token', 'alice', 'web'],
  ],
  [
    'fails later',
    "export { durin } from './durin.config.ts'; setTimeout(() => { throw new Error('lost'); }, 0); await new Promise((r) => setTimeout(r, 500));",
    /^error: lost\n$/,
  ],
] as const)('a config that %s fails with one line', async ([, code, line, command = ['list-clients']]) => {
  await app.write('broken.config.ts', code);
  const run = await app.run(['--config', 'broken.config.ts', ...command]);
  expect(run).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) as string });
  expect(run.stderr).toMatch(line);
});

test('without a config, one line says what to do', async () => {
  const stderr =
    'error: There is no durin.config.ts or durin.config.js here. Use --config to name the file that exports durin.\n';
  const empty = await openCliApp();
  await empty.write('durin.config.ts', '');
  await empty.rename('durin.config.ts', 'other.ts');
  expect(await empty.run(['list-clients'])).toEqual({ code: 2, stdout: '', stderr });
  await empty.remove();
});

test('a database without tables, or no database, fails with one line', async () => {
  const bare = await openCliApp({
    WITHOUT_TABLES: 'yes',
    POSTGRES_URL: postgres.url.replace(/postgres$/, 'template1'),
  });
  const stderr = "error: The database has no durin tables: run the app's migrations first.\n";
  expect(await bare.run(['list-clients'])).toEqual({ code: 1, stdout: '', stderr });
  const away = { POSTGRES_URL: `postgresql://me:hunter2@127.0.0.1:${await freePort()}/none` };
  const refused = await bare.run(['list-clients'], away);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /^error: The authentication store cannot be reached\. \(connect ECONNREFUSED \S+\)\n$/,
  );
  await bare.remove();
});

test('doctor ends although the database is frozen', async () => {
  const silent = await openSilentServer();
  const frozen = { WITHOUT_TABLES: 'yes', POSTGRES_URL: `postgresql://me@${silent.host}/none` };
  const run = await app.run(['doctor'], frozen);
  expect(run.code).toBe(1);
  expect(run.stdout).toMatch(/^problem +database +The database cannot be examined: .* did not answer within 5000 ms/m);
  await silent.close();
});

const commands = [
  'create-client',
  'list-clients',
  'update-client',
  'delete-client',
  'list-tokens',
  'issue-token',
].concat([
  'revoke-token',
  'revoke-user',
  'purge-expired',
  'policy',
  'keys',
  'create-key',
  'rename-key',
  'roll-key',
  'revoke-key',
]);

test('help lists every command, with examples', async () => {
  const { code, stdout, stderr } = await app.run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of commands) expect(stdout).toContain(`\n  ${command} `);
  for (const command of commands) {
    const help = await app.run([command, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: trpc-durin /);
    expect(help.stdout).toMatch(new RegExp(`\nExample[^\n]*:\n.*trpc-durin ${command}`));
  }
  expect(await app.run(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
  expect(await app.run([])).toMatchObject({ code: 2, stdout: '' });
});

test.for([
  [['creat-client', 'x'], "error: unknown command 'creat-client' (Did you mean create-client?)\n"],
  [['list-clients', '--foo'], "error: unknown option '--foo'\n"],
  [['list-clients', 'x'], "error: too many arguments for 'list-clients'. Expected 0 arguments but got 1.\n"],
  [
    ['list-tokens', '--limit', '0'],
    "error: option '--limit <count>' argument '0' is invalid. It must be a whole number from 1 to 99999.\n",
  ],
  [
    ['list-clients', '--config', 'nope.ts'],
    'error: There is no file "nope.ts". Use --config to name the file that exports durin.\n',
  ],
  [
    ['list-clients', '--config', '.'],
    'error: There is no file ".". Use --config to name the file that exports durin.\n',
  ],
  [['list-clients', '--config', ''], 'error: There is no file "". Use --config to name the file that exports durin.\n'],
] as const)('%j is invalid usage', async ([args, stderr]) => {
  expect(await app.run(args)).toEqual({ code: 2, stdout: '', stderr });
});
