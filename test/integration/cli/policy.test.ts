import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lazy } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, t } from '../../support/app.ts';
import { createCommandLine } from './command-line.ts';

const answer = () => 'answer';

let app: Awaited<ReturnType<typeof openApp>>;
let folder: string;
let run: ReturnType<typeof createCommandLine>;
beforeAll(async () => {
  app = await openApp();
  folder = await mkdtemp(join(tmpdir(), 'durin-policy-'));
  const durin = createDurin({
    ...app.options,
    scopes: ['read', 'write', 'billing'],
    clients: { web: {}, cli: {}, api: { scopes: ['read'], keys: {} } },
  });
  const stranger = createDurin(app.options);
  run = createCommandLine(durin);
  const reports = t.router({
    list: durin.scopedProcedure(['read']).query(answer),
    edit: durin.guardedProcedure({ clients: ['web', 'cli'], scopes: ['read', 'write'], fresh: 600 }).mutation(answer),
  });
  const routers = {
    appRouter: t.router({
      ping: t.procedure.query(answer),
      search: durin.throttledProcedure({ scope: 'search', rate: '30/m' }).query(answer),
      pay: durin
        .guardedProcedure({ scopes: ['write'], anyScope: ['read', 'billing'], fresh: '10m', rate: '5/m' })
        .mutation(answer),
      either: durin
        .guardedProcedure({ anyScope: ['read', 'write'] })
        .concat(durin.guardedProcedure({ anyScope: ['billing'] }))
        .query(answer),
      reports: lazy(() => Promise.resolve({ default: reports })),
    }),
    impossible: t.router({
      never: durin
        .clientProcedure(['web'])
        .concat(durin.clientProcedure(['cli']))
        .query(answer),
    }),
    foreign: t.router({ me: stranger.authedProcedure.query(answer) }),
    empty: t.router({}),
    handler: answer,
  };
  // A module of its own, as an app has, with the routers of this process.
  Object.assign(globalThis, { routersOfTest: routers });
  await writeModule('router.mjs', `export const { ${Object.keys(routers).join(', ')} } = globalThis.routersOfTest;\n`);
});
afterAll(async () => {
  Reflect.deleteProperty(globalThis, 'routersOfTest');
  await rm(folder, { recursive: true, force: true });
  await app?.close();
});

async function writeModule(name: string, code: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, code);
  return path;
}

const policy = (...args: string[]) => run('policy', '--router', join(folder, 'router.mjs'), ...args);

test('policy prints who may call what, lazy routers included', async () => {
  const { stdout, stderr } = await policy();
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    'PROCEDURE     TYPE      GUARD     KEYS  CLIENTS   SCOPES                                 FRESH  RATE',
    'either        query     guarded                   one of read, write and one of billing',
    'pay           mutation  guarded                   write and one of read, billing         10m    5/m',
    'ping          query     open      yes',
    'reports.edit  mutation  guarded         web, cli  read, write                            10m',
    'reports.list  query     guarded   yes             read',
    'search        query     optional                                                                30/m',
  ]);
});

test('policy --json prints what policyOf returns', async () => {
  const { json } = await policy('--export', 'impossible');
  expect(json).toEqual([
    {
      path: 'never',
      type: 'query',
      guard: 'guarded',
      keys: false,
      clients: [],
      scopes: null,
      anyScope: null,
      fresh: null,
      rate: null,
    },
  ]);
  expect((await policy('--export', 'impossible')).stdout).toMatch(/^never +query +guarded +none$/m);
});

test('policy warns of a router with the guards of another durin', async () => {
  expect(await policy('--export', 'foreign')).toMatchObject({
    stdout: expect.stringMatching(/^me +query +open +yes$/m),
    stderr: 'No procedure has a guard of this durin. Does the router use the durin that the config file exports?',
  });
});

test('policy of an empty router says so', async () => {
  expect(await policy('--export', 'empty')).toMatchObject({ stdout: 'The router has no procedures.', json: [] });
});

test('policy names what is wrong with the file or the export', async () => {
  const routers = 'Its routers are: appRouter, empty, foreign, impossible. Use --export.';
  const missing = join(folder, 'rooter.ts');
  expect((await run('policy', '--router', missing)).stderr).toBe(
    `There is no file ${JSON.stringify(missing)}. Use --router to name the module that exports the router.`,
  );
  expect((await policy('--export', 'rooter')).stderr).toBe(`router.mjs does not export rooter. ${routers}`);
  expect((await policy('--export', 'handler')).stderr).toBe(`handler of router.mjs is not a tRPC router. ${routers}`);
  expect((await policy('--export', 'toString')).stderr).toBe(`router.mjs does not export toString. ${routers}`);
  const none = await writeModule('none.mjs', 'export const app = 1;\n');
  expect((await run('policy', '--router', none)).stderr).toBe(
    'none.mjs does not export appRouter. It exports no router.',
  );
  const broken = await writeModule('broken.mjs', "throw new Error('no secret');\n");
  expect((await run('policy', '--router', broken)).stderr).toBe('broken.mjs cannot be loaded: no secret');
  expect((await run('policy')).stderr).toContain("required option '--router <file>' not specified");
});
