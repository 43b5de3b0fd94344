import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocks } from '../../docs/readme.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import { project, startProgram } from './program.ts';

const samples = blocks('ts').map(({ label, code }) => ({ file: label.replace('file=', ''), code }));
const env = { DURIN_SECRET: 'a secret of the README, long enough for it' };

/** An app made of the samples, inside the package, so that `trpc-durin` is the package as it is built. */
let app: string;
beforeAll(async () => {
  await mkdir(join(project, '.data'), { recursive: true });
  app = await mkdtemp(join(project, '.data', 'readme-'));
  for (const { file, code } of samples) await writeFile(join(app, file), code);
});
afterAll(() => rm(app, { recursive: true, force: true }));

const run = (file: string) => startProgram([file], env, app).ended;

test('every sample has a file name of its own', () => {
  const files = samples.map(({ file }) => file);
  for (const file of files) expect(file).toMatch(/^[a-z-]+(?:\.config)?\.ts$/);
  expect(new Set(files).size).toBe(files.length);
});

test('the samples compile in a strict project', async () => {
  const modules = { target: 'es2023', module: 'nodenext', types: ['node'], allowImportingTsExtensions: true };
  const rules = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const emit = { verbatimModuleSyntax: true, erasableSyntaxOnly: true, declaration: true, noEmit: true };
  const compilerOptions = { ...modules, ...rules, ...emit, skipLibCheck: true };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(await startProgram([tsc, '-p', app], {}).ended).toEqual({ code: 0, output: '' });
});

/** A program that uses the samples that do nothing by themselves. */
const useOfTheRest = `import './events.ts';
import { once } from 'node:events';
import { MikroORM } from '@mikro-orm/pglite';
import { createDurin } from 'trpc-durin';
import { routerWithAdmin } from './admin.ts';
import { handle } from './admin-page.ts';
import { durin, orm } from './auth.ts';
import * as withSettings from './client-settings.ts';
import { downloads } from './download.ts';
import { durinRouter as byEmail } from './email-login.ts';
import { AuthToken, User } from './entities.ts';
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
await orm.em.fork().nativeUpdate(AuthToken, { client: { name: 'web' } }, { expiry: new Date() });
await import('./cached.ts');
await import('./purge.ts');
`;

/** What the comments behind `console.log(...)` say that a sample prints. */
function toldOutput(file: string): string {
  const code = samples.find((sample) => sample.file === file)?.code ?? '';
  return Array.from(code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm), ([, line]) => `${line}\n`).join('');
}

/** Runs the block of bash with this label, against the server on this port. */
async function shell(label: string, port: string, variables: Record<string, string> = {}) {
  const code = blocks('bash').find((block) => block.label === `run=${label}`)?.code ?? '';
  const options = { env: { PATH: process.env['PATH'] ?? '', ...variables } };
  const { stdout } = await promisify(execFile)('sh', ['-c', code.replace(':3000', `:${port}`)], options);
  return JSON.parse(stdout) as { result: { data: { json: unknown } } };
}

// The samples share a database, as those of one app: each of the tests goes on from the one before.

test('the app migrates its database, serves, and is called', async () => {
  expect(await run('migrate.ts')).toEqual({ code: 0, output: expect.stringContaining('Applied') });

  const port = String(await freePort());
  const server = startProgram(['server.ts'], { ...env, PORT: port }, app);
  await server.until('Listening');
  const call = await startProgram(['call.ts'], { API_URL: `http://localhost:${port}` }, app).ended;
  expect(call).toEqual({ code: 0, output: toldOutput('call.ts') });
  const sdk = await startProgram(['sdk.ts'], { API_URL: `http://localhost:${port}` }, app).ended;
  expect(sdk).toEqual({ code: 0, output: toldOutput('sdk.ts') });

  const { json: login } = (await shell('login', port)).result.data;
  expect(login).toEqual({ token: expect.stringMatching(/^[0-9a-f]{64}$/), expiry: null });
  const { token } = login as { token: string };
  expect((await shell('me', port, { TOKEN: token })).result.data.json).toBe('alice');
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, output: 'Listening\n' });
});

test.for(['programmatic.ts', 'transactions.ts'])('%s prints what it says', async (file) => {
  await writeFile(
    join(app, 'run-one.ts'),
    `import './${file}';\nimport { orm } from './auth.ts';\nawait orm.close();\n`,
  );
  expect(toldOutput(file)).not.toBe('');
  expect(await run('run-one.ts')).toEqual({ code: 0, output: toldOutput(file) });
});

test('the commands do what they say', async () => {
  const script = blocks('bash').find((block) => block.label === 'run=admin')?.code ?? '';
  const bin = join(project, 'dist/src/cli/main.js');
  const npx = `npx() { shift; ${process.execPath} ${bin} "$@"; }\nset -e\n`;
  const options = { cwd: app, env: { PATH: process.env['PATH'] ?? '', ...env } };
  const { stdout } = await promisify(execFile)('sh', ['-c', `${npx}${script}\necho "$TOKEN"`], options);
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

test('the listeners, the route that is not tRPC, the login by e-mail, the admin, the settings and the purge do what they say', async () => {
  await writeFile(join(app, 'run-rest.ts'), useOfTheRest);
  const { code, output } = await run('run-rest.ts');
  expect(output.split('\n')).toEqual([
    '401 Authentication credentials were not provided.',
    '200 A file for alice',
    'login failed: INVALID_CREDENTIALS from null',
    'Unable to log in with provided credentials.',
    'a token of cli ended: revoked',
    "[ 'web 1' ]",
    'user 1 expired-purged',
    'page 200',
    "expiresIn token expiry user { id: 1, username: 'alice@example.org' }",
    '1 expired tokens removed',
    '',
  ]);
  expect(code).toBe(0);
});
