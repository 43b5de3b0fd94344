import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { examine } from '../../../src/cli/doctor/examine.ts';
import { type Internals, internalsOf } from '../../../src/durin/internals.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, t } from '../../support/app.ts';
import { openSilentServer } from '../../support/silent-server.ts';
import { createCommandLine } from './command-line.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function depsOf(durin: object, timeoutMs = 20_000) {
  const internals = internalsOf(durin) as Internals;
  return { app: internals, fetchUrl: fetch, nodeVersion: '24.1.0', folder: process.cwd(), timeoutMs };
}

test.for([
  [undefined, 'warning', 'It read a body of 10 MB of an anonymous caller.'],
  [1_000_000, 'ok', 'It refuses large bodies.'],
] as const)('it sees a maxBodySize of %s', async ([maxBodySize, level, found]) => {
  const { createContext, responseMeta, durinRouter } = app.durin;
  const router = t.router({ auth: durinRouter });
  const server = createHTTPServer({ router, createContext, responseMeta, ...(maxBodySize && { maxBodySize }) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const findings = await examine(depsOf(app.durin), { api: `http://127.0.0.1:${port}`, authPath: 'auth' });
  expect(findings.find(({ check }) => check === 'body limit')).toMatchObject({ level, found });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('frozen servers are problems, and no password is printed', async () => {
  const { MikroORM } = await import('@mikro-orm/postgresql');
  const silent = await openSilentServer();
  const orm = new MikroORM({
    entities: app.options.orm.config.get('entities'),
    clientUrl: `postgresql://app:hunter2@${silent.host}/app`,
  } as never);
  const durin = createDurin({ ...app.options, orm: orm as never });
  const flags = { api: `http://${silent.host}/trpc`, authPath: 'auth', redis: `redis://:hunter2@${silent.host}` };
  const findings = await examine(depsOf(durin, 200), flags);
  const problems = findings.filter(({ check }) => ['database', 'redis', 'api'].includes(check));
  expect(problems.map(({ found }) => found)).toEqual([
    'The database cannot be examined: The database did not answer within 200 ms.',
    'Redis cannot be examined: Redis did not answer within 200 ms.',
    `${silent.host}/trpc cannot be examined: The operation was aborted due to timeout.`,
  ]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
  await silent.close();
  await durin.close();
  await orm.close(true);
});

test.for(['https://me:hunter2@example.org/trpc', 'https://:hunter2@example.org', 'example.org', 'https://a.org/?b=c'])(
  '--api refuses %s, and does not repeat it',
  async (api) => {
    const { stderr, stdout } = await createCommandLine(app.durin)('doctor', '--api', api);
    expect(stderr).toBe(
      '--api must be the address of the tRPC endpoint, such as https://example.org/trpc, without a user or a query.',
    );
    expect(stdout).toBe('');
  },
);

test('a password in --redis is warned about, and in DURIN_REDIS it is not', async () => {
  const run = createCommandLine(app.durin);
  const url = 'redis://:hunter2@127.0.0.1:1';
  const typed = await run('doctor', '--redis', url);
  expect(typed.stderr).toBe('warning: Other users of this machine can see the password in --redis. Use DURIN_REDIS.');
  expect(typed.stdout).toMatch(/^problem +redis +Redis cannot be examined: connect ECONNREFUSED/m);
  expect(typed.stdout).not.toContain('hunter2');
  expect((await run('doctor', '--redis', 'redis://127.0.0.1:1')).stderr).toBe('');
  vi.stubEnv('DURIN_REDIS', url);
  const given = await run('doctor');
  expect([given.stderr, given.stdout]).toEqual(['', typed.stdout]);
  vi.unstubAllEnvs();
});
