import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/**
 * A monorepo as pnpm installs it: each package finds its own dependencies only. `web` has no ORM and no zod, and `server` has
 * them.
 */
let monorepo: string;
beforeAll(async () => {
  monorepo = await mkdtemp(join(tmpdir(), 'durin-web-only-'));
  await runTsc(root, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(monorepo, 'dist'));
  await install('web', ['@trpc/client', '@trpc/server']);
  await install('server', ['@trpc/server', '@mikro-orm/core', '@mikro-orm/sql', 'zod', 'kysely']);
  await write('server/router.ts', server);
  await writeProject('server', { declaration: true, outDir: 'out' });
});
afterAll(() => rm(monorepo, { recursive: true, force: true }));

async function runTsc(cwd: string, ...flags: string[]): Promise<string> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  try {
    return (await promisify(execFile)(tsc, flags, { cwd })).stdout;
  } catch (error) {
    return (error as { stdout?: string }).stdout || String(error);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(monorepo, path)), { recursive: true });
  await writeFile(join(monorepo, path), text);
}

/** A copy of this package in its node_modules, and links to the others. */
async function install(name: string, packages: readonly string[]): Promise<void> {
  const modules = join(monorepo, name, 'node_modules');
  await cp(join(monorepo, 'dist'), join(modules, 'trpc-durin/dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(modules, 'trpc-durin/package.json'));
  for (const each of packages) {
    await mkdir(dirname(join(modules, each)), { recursive: true });
    await symlink(join(root, 'node_modules', each), join(modules, each), 'junction');
  }
  await write(`${name}/package.json`, JSON.stringify({ type: 'module' }));
}

async function writeProject(name: string, options: object, module = 'nodenext'): Promise<void> {
  const compilerOptions = { target: 'es2023', module, lib: ['es2024', 'esnext.disposable', 'dom'], types: [] };
  const rules = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true };
  const config = { compilerOptions: { ...compilerOptions, ...rules, ...options }, include: ['*.ts', '*.cts'] };
  await write(`${name}/tsconfig.json`, JSON.stringify(config));
}

const server = `
  import { defineEntity, type EntityManager, type MikroORM, p } from '@mikro-orm/core';
  import { initTRPC } from '@trpc/server';
  import { createDurin, type DurinContext, defineDurinEntities } from 'trpc-durin';
  const User = defineEntity({ name: 'User', properties: { id: p.integer().primary(), username: p.string() } });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User });
  declare const orm: MikroORM;
  const durin = createDurin({
    orm, entities: { User, Client, AuthToken }, secret: 'x'.repeat(32), verifyCredentials: () => null,
    clients: { web: {} }, serializeUser: ({ username }) => ({ name: username }),
  });
  const t = initTRPC.context<DurinContext & { db: EntityManager }>().create();
  const appRouter = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  export type AppRouter = typeof appRouter;
`;

const page = `
  import type { TRPCClient } from '@trpc/client';
  import { createDurinClient, durinErrorOf, webStorage } from 'trpc-durin/client';
  import type { AppRouter } from '../server/out/router.js';
  const durin = createDurinClient<AppRouter>({ url: '/trpc', path: 'auth', client: 'web', storage: webStorage(localStorage) });
  export const trpc: TRPCClient<AppRouter> = durin.trpc;
  const session = durin.auth.getSnapshot();
  export const name: string = session.status === 'signed-in' ? session.user.name : await trpc.me.query();
  export const code: string | undefined = durinErrorOf(null)?.code;
  // @ts-expect-error: the types are those of the server
  await durin.auth.login({ user: 'alice' });
`;

test('a web package without the ORM and zod compiles in a monorepo', async () => {
  expect(await runTsc(join(monorepo, 'server'), '-p', '.')).toBe('');
  await write('web/page.ts', page);
  await writeProject('web', { declaration: true, outDir: 'out' });
  expect(await runTsc(join(monorepo, 'web'), '-p', '.')).toBe('');
  expect(await readFile(join(monorepo, 'web/out/page.d.ts'), 'utf8')).not.toContain('mikro-orm');
});

test('the declarations of the SDK reach no package but those of tRPC', async () => {
  const listed = await runTsc(join(monorepo, 'web'), '-p', '.', '--listFiles');
  expect(listed).toContain('web/node_modules/trpc-durin/dist/client/index.d.ts');
  const own = listed.split('\n').filter((path) => path.includes('web/node_modules/trpc-durin/'));
  expect(own.filter((path) => !/dist\/(?:client\/|src\/wire\.d\.ts)/.test(path))).toEqual([]);
});

const commonJs =
  "import { createDurinClient } from 'trpc-durin/client';\nexport type Client = typeof createDurinClient;\n";

test.each(['nodenext', 'node20'])('a CommonJS file finds the types with module %s', async (module) => {
  await write('web/page.cts', commonJs);
  await writeProject('web', { noEmit: true }, module);
  expect(await runTsc(join(monorepo, 'web'), '-p', '.')).toBe('');
});
