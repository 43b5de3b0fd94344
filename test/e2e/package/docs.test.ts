import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsOf, docsSamples, promisedOutput } from '../../docs/pages.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import { compileCache, project, startProgram } from '../programs/program.ts';
import { writeDocsApp } from './docs-app.ts';

const env = { DURIN_SECRET: 'a secret of the documents, long enough for it' };
const started = 'docs/getting-started.md';
const commandLine = 'docs/reference/command-line.md';

/** Packages that samples import and that are not installed here: their declarations, as far as samples use them. */
const absent = `declare module '@react-native-async-storage/async-storage' {
  const AsyncStorage: {
    getItem(key: string): Promise<string | null>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };
  export default AsyncStorage;
}
declare module 'next' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  export default function next(options: { dev: boolean }): {
    prepare(): Promise<void>;
    getRequestHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  };
}
declare module '@vercel/functions' {
  export function waitUntil(promise: Promise<unknown>): void;
}
declare module '@opentelemetry/sdk-node' {
  export class NodeSDK {
    start(): void;
    shutdown(): Promise<void>;
  }
}
declare module 'expo-secure-store' {
  export function getItemAsync(key: string): Promise<string | null>;
  export function setItemAsync(key: string, value: string): Promise<void>;
  export function deleteItemAsync(key: string): Promise<void>;
}
`;

/** The folder of an app of all samples of docs/. */
let app: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder: app, remove } = await writeDocsApp());
  await writeFile(join(app, 'absent.d.ts'), absent);
});
afterAll(() => remove());

const run = (file: string) => startProgram([file], env, app).ended;

/** Writes a program beside the samples, and runs it. */
async function runWritten(file: string, code: string) {
  await writeFile(join(app, file), code);
  return run(file);
}

function outputOf(file: string): string {
  const sample = docsSamples.find((candidate) => candidate.file === file);
  return sample === undefined ? '' : promisedOutput(sample);
}

/** What the compiler says about the app. */
async function compile(): Promise<string> {
  const modules = { target: 'es2023', module: 'nodenext', types: ['node'], allowImportingTsExtensions: true };
  const rules = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const page = { lib: ['es2024', 'esnext.disposable', 'dom'], jsx: 'react-jsx' };
  const emit = { verbatimModuleSyntax: true, erasableSyntaxOnly: true, declaration: true, noEmit: true };
  const compilerOptions = { ...modules, ...rules, ...page, ...emit, skipLibCheck: true };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }));
  const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  const { output } = await startProgram([tsc, '-p', app], {}).ended;
  return output.replaceAll(/^.*\//gm, '');
}

test('every sample has a file name of its own', () => {
  const files = docsSamples.map(({ file }) => file);
  for (const file of files) expect(file).toMatch(/^[a-z-]+(?:\.config|\.test)?\.tsx?$/);
  expect(new Set(files).size).toBe(files.length);
});

test('the samples compile in a strict project', async () => {
  await writeFile(join(app, 'wrong.ts'), "import { auth } from './client.ts';\nawait auth.loggin();\n");
  const output = await compile();
  await rm(join(app, 'wrong.ts'));
  expect(output).toMatch(/^wrong\.ts\(2,12\): error TS\d+: Property 'loggin' does not exist .*\n$/);
});

/** Runs the block of bash with this name, against the server on this port. */
async function callWithCurl(name: string, port: string, variables: Record<string, string> = {}) {
  const options = { env: { PATH: process.env['PATH'] ?? '', ...variables } };
  const script = commandsOf(started, name).replace(':3000', `:${port}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', script], options);
  return JSON.parse(stdout) as { result: { data: { json: unknown } } };
}

// The samples share a database, as those of one app do: each test continues from the one before.

test('the app migrates its database, serves, and is called', async () => {
  expect(await run('migrate.ts')).toEqual({ code: 0, output: expect.stringContaining('Applied') });

  const port = String(await freePort());
  const server = startProgram(['server.ts'], { ...env, PORT: port }, app);
  await server.until('Listening');
  const callers = { API_URL: `http://localhost:${port}`, HOME: app };
  for (const file of ['call.ts', 'sdk.ts', 'whoami.ts']) {
    expect(outputOf(file)).not.toBe('');
    expect(await startProgram([file], callers, app).ended).toEqual({ code: 0, output: outputOf(file) });
  }

  const { json: login } = (await callWithCurl('login', port)).result.data;
  expect(login).toEqual({ token: expect.stringMatching(/^[0-9a-f]{64}$/), expiry: null, user: { name: 'alice' } });
  const { token } = login as { token: string };
  expect((await callWithCurl('me', port, { TOKEN: token })).result.data.json).toBe('alice');
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, output: 'Listening\n' });
});

test.for(['programmatic.ts', 'transactions.ts', 'sync-clients.ts', 'try-leaks.ts', 'try-audit.ts'])(
  '%s prints what its comments say',
  async (file) => {
    expect(outputOf(file)).not.toBe('');
    const code = `import './${file}';\nimport { orm } from './auth.ts';\nawait orm.close();\n`;
    expect(await runWritten('run-one.ts', code)).toEqual({ code: 0, output: outputOf(file) });
  },
);

test('the sample of two user models prints what its comments say', async () => {
  expect(await run('two-user-models.ts')).toEqual({ code: 0, output: outputOf('two-user-models.ts') });
});

test.for([
  ['procedures.test.ts', 3],
  ['database.test.ts', 2],
  ['policy.test.ts', 1],
] as const)('the sample test %s passes', async ([file, count]) => {
  const { code, output } = await startProgram(['--test', file], env, app).ended;
  expect(output).toContain(`pass ${count}`);
  expect(code).toBe(0);
});

test('the commands of the command line do what they say', async () => {
  const bin = join(project, 'dist/src/cli/main.js');
  const npx = `npx() { shift; ${process.execPath} ${bin} "$@"; }\nset -e\n`;
  const options = { cwd: app, env: { PATH: process.env['PATH'] ?? '', ...compileCache, ...env } };
  const script = `${npx}${commandsOf(commandLine, 'admin')}\necho "$TOKEN"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], options);
  const lines = stdout.split('\n');
  expect(lines.slice(0, 3)).toEqual(['Client kiosk created!', 'Client kiosk updated!', expect.stringMatching(/^NAME/)]);
  expect(stdout).toContain('"client": "kiosk"');
  expect(lines.slice(-5)).toEqual([
    expect.stringMatching(/^\d tokens? of alice revoked\.$/),
    'Client kiosk deleted, and 0 tokens with it.',
    '0 expired tokens removed.',
    expect.stringMatching(/^[0-9a-f]{64}$/),
    '',
  ]);
});

test('a config of the command line may load the environment first', async () => {
  await writeFile(join(app, '.env'), `DURIN_SECRET="${env.DURIN_SECRET}"\n`);
  const bin = join(project, 'dist/src/cli/main.js');
  const listing = await startProgram([bin, '--config', 'with-env.config.ts', 'list-clients'], {}, app).ended;
  expect(listing).toEqual({ code: 0, output: expect.stringMatching(/^NAME/) });
});

test('entities with decorators work once they are compiled', async () => {
  const code = `import { MikroORM } from '@mikro-orm/pglite';
import { createDurin } from 'trpc-durin';
import { AuthToken, Client, User } from './decorated-entities.ts';
const orm = await MikroORM.init({ entities: [User, Client, AuthToken], dbName: 'memory://' });
await orm.schema.create();
const secret = process.env['DURIN_SECRET'] ?? '';
const durin = createDurin({ orm, entities: { User, Client, AuthToken }, secret, clients: { web: {} }, verifyCredentials: () => null });
await durin.clients.sync();
const em = orm.em.fork();
const user = em.create(User, { username: 'alice', passwordHash: 'x' });
await em.flush();
const { token } = await durin.tokens.issue({ user, client: 'web' });
const shown: { id: number; username: string; isActive: boolean } = (await durin.authenticate(token)).user;
console.log(shown);
await durin.close();
await orm.close();
`;
  await writeFile(join(app, 'decorated.ts'), code);
  const modules = { target: 'es2022', module: 'nodenext', types: ['node'], strict: true, skipLibCheck: true };
  const compilerOptions = { ...modules, rewriteRelativeImportExtensions: true, rootDir: '.', outDir: 'compiled' };
  await writeFile(join(app, 'tsconfig.decorated.json'), JSON.stringify({ compilerOptions, files: ['decorated.ts'] }));
  const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(await startProgram([tsc, '-p', 'tsconfig.decorated.json'], {}, app).ended).toEqual({ code: 0, output: '' });
  const output = "{ id: 1, username: 'alice', isActive: true }\n";
  expect(await run(join('compiled', 'decorated.js'))).toEqual({ code: 0, output });
});

/** A program that uses the samples that do nothing by themselves. */
const useOfTheRest = `import './alerts.ts';
import './events.ts';
import './tell-about-leaks.ts';
import { once } from 'node:events';
import { MikroORM } from '@mikro-orm/pglite';
import { initTRPC } from '@trpc/server';
import { createDurin } from 'trpc-durin';
import { routerWithAdmin } from './admin.ts';
import { fastify } from './admin-fastify.ts';
import { handle } from './admin-page.ts';
import { durin, orm } from './auth.ts';
import * as withSettings from './client-settings.ts';
import { server as corsServer } from './cors.ts';
import { downloads } from './download.ts';
import { durinRouter as byEmail } from './email-login.ts';
import { AuthToken, User } from './entities.ts';
import { handle as handleFetch } from './fetch-server.ts';
import { probes } from './health.ts';
import { store } from './keyv-store.ts';
import { server as leaksServer } from './leaks-server.ts';
import { close as closeOther } from './pglite-folder.ts';
import { register } from './register.ts';
import { appRouter } from './router.ts';

const user = await orm.em.fork().findOneOrFail(User, { username: 'alice' });
const { token, auth } = await durin.tokens.issue({ user, client: 'cli' });
downloads.listen(0, '127.0.0.1');
await once(downloads, 'listening');
const url = 'http://127.0.0.1:' + downloads.address().port;
for (const headers of [{}, { authorization: 'Token ' + token }]) {
  const response = await fetch(url, { headers });
  console.log(response.status, await response.text());
}
downloads.close();

const caller = appRouter.createCaller({ ...durin.createContext(), db: orm.em.fork() });
await caller.auth.login({ username: 'alice', password: 'x', client: 'web' }).catch((error) => console.log(error.message));
await durin.tokens.revoke(auth.id);

const asAlice = await durin.tokens.issue({ user, client: 'web' });
const context = durin.createContext({ req: { headers: { authorization: 'Token ' + asAlice.token } } });
const { admin } = routerWithAdmin.createCaller(context);
console.log((await admin.clients.list({ search: 'W' })).items.map(({ name, tokens }) => name + ' ' + tokens));
await admin.tokens.purgeExpired();
console.log('page', (await handle(new Request('http://localhost/admin/'))).status);
console.log('fetch server', (await handleFetch(new Request('http://localhost/trpc/hello'), '192.0.2.1')).status);

const address = await fastify.listen({ port: 0, host: '127.0.0.1' });
console.log('fastify', (await fetch(address + '/admin/')).status);
const headers = { 'content-type': 'application/json' };
const posted = await fetch(address + '/admin/api/auth.login', { method: 'POST', headers, body: '{}' });
console.log('without a client:', posted.status);
await fastify.close();

const listening = corsServer.listen(0, '127.0.0.1');
await once(listening, 'listening');
const preflight = await fetch('http://127.0.0.1:' + listening.address().port + '/me', { method: 'OPTIONS' });
console.log('preflight', preflight.status, preflight.headers.get('access-control-allow-headers'));
listening.close();

const leaks = leaksServer.listen(0, '127.0.0.1');
await once(leaks, 'listening');
const unsigned = await fetch('http://127.0.0.1:' + leaks.address().port + '/leaks', { method: 'POST', body: '[]' });
console.log('a report without a signature:', unsigned.status);
leaks.close();

const probing = probes.listen(0, '127.0.0.1');
await once(probing, 'listening');
const ready = await fetch('http://127.0.0.1:' + probing.address().port + '/ready');
console.log('ready:', ready.status, (await ready.json()).database.status);
probing.close();

const visitor = initTRPC.context().create().router({ register }).createCaller(durin.createContext());
await visitor.register({ username: 'hatter', password: 'a dozen characters' });
await visitor.register({ username: 'hatter', password: 'a dozen characters' }).catch((error) => console.log(error.message));
const hatter = await caller.auth.login({ username: 'hatter', password: 'a dozen characters', client: 'web' });
console.log('registered:', hatter.user.name);

const failed = new Promise((resolve) => store.on('error', resolve));
store.get('a key').catch(() => {}); // the first call connects
await failed;
await store.get('a key').catch((error) => console.log('Redis is down:', error.message));
await store.store.disconnect(true);
user.username = 'alice@example.org';
await orm.em.fork().nativeUpdate(User, user.id, { username: user.username });
const login = await byEmail.createCaller(durin.createContext()).login({ email: user.username, password: 'wonderland' });
console.log(Object.keys(login).join(' '), login.user);

const { Client, AuthToken: Token, ClientSettingsSchema } = withSettings;
createDurin({
  orm: new MikroORM({ dbName: 'memory://', entities: [User, Client, Token, ClientSettingsSchema] }),
  entities: { User, Client, AuthToken: Token },
  secret: process.env.DURIN_SECRET,
  populate: ['user', 'client.settings'],
  verifyCredentials: () => null,
});
await closeOther();
await orm.em.fork().nativeUpdate(AuthToken, { client: { name: 'web' }, user: user.id }, { expiry: new Date() });
await import('./cached.ts');
await import('./cached-in-redis.ts');
await import('./purge.ts');
`;

test('the samples that do nothing by themselves do what their pages say', async () => {
  const unreachable = `redis://127.0.0.1:${await freePort()}`;
  await writeFile(join(app, 'run-rest.ts'), useOfTheRest);
  const { code, output } = await startProgram(['run-rest.ts'], { ...env, REDIS_URL: unreachable }, app).ended;
  expect(output.split('\n')).toEqual([
    '401 Authentication credentials were not provided.',
    '200 A file for alice',
    'login failed: INVALID_CREDENTIALS from null',
    'Unable to log in with provided credentials.',
    'a token of cli ended: revoked',
    "[ 'web 1' ]",
    'user 1 expired-purged',
    'page 200',
    'fetch server 200',
    'fastify 200',
    'without a client: 400',
    'preflight 204 authorization, content-type',
    'a report without a signature: 403',
    'ready: 200 up',
    'This name is taken.',
    'registered: hatter',
    'Redis is down: The client is offline',
    "expiresIn token expiry user { id: 1, username: 'alice@example.org' }",
    '1 expired tokens removed',
    '',
  ]);
  expect(code).toBe(0);
});

/** Calls each of the guarded servers without a token, with one of the wrong client, and with one of the right client. */
const useOfRoutes = `import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { durin, orm } from './auth.ts';
import { app } from './express-routes.ts';
import { server as fastify } from './fastify-routes.ts';
import { hono } from './hono-routes.ts';

const tokens = await Promise.all(['cli', 'web'].map((client) => durin.tokens.issue({ user: 1, client })));
async function callAll(url) {
  for (const token of ['', ...tokens.map((issued) => issued.token)]) {
    const headers = token === '' ? {} : { authorization: 'Token ' + token };
    const response = await fetch(url + '/report', { headers });
    console.log(response.status, await response.text());
  }
}
const express = app.listen(0, '127.0.0.1');
const onNode = serve({ fetch: hono.fetch, hostname: '127.0.0.1', port: 0 });
await Promise.all([once(express, 'listening'), once(onNode, 'listening')]);
const urlOf = (server) => 'http://127.0.0.1:' + server.address().port;
for (const url of [urlOf(express), await fastify.listen({ port: 0, host: '127.0.0.1' }), urlOf(onNode)]) await callAll(url);
const headers = { authorization: 'Token ' + tokens[1].token };
const exported = await fetch(urlOf(express) + '/export', { method: 'POST', headers });
console.log(exported.status, exported.headers.get('ratelimit-policy'));
express.close();
onNode.close();
await fastify.close();
await durin.close();
await orm.close();
`;

test('the guarded routes of Express, Fastify and Hono answer alike', async () => {
  const answers = [
    '401 {"message":"Authentication credentials were not provided.","code":"NO_CREDENTIALS"}',
    '403 {"message":"This client may not use this procedure.","code":"CLIENT_NOT_ALLOWED"}',
    expect.stringMatching(/^200 A report for alice/) as string,
  ];
  const { code, output } = await runWritten('run-routes.ts', useOfRoutes);
  expect(output.split('\n')).toEqual([
    ...answers,
    ...answers,
    ...answers,
    '202 "client";q=1000;w=3600, "export";q=5;w=60',
    '',
  ]);
  expect(code).toBe(0);
});
