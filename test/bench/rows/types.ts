import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Extent, type Series, sideBySide } from '../measure.ts';
import { type Row, ratioRow } from '../table.ts';

const root = join(import.meta.dirname, '../../..');
const procedures = 100;

/**
 * Checking the types of an app with a hundred guarded procedures, against the same app whose guard is a middleware of its own. Both
 * have the same entities, and trpc-durin as it is published.
 */
export async function benchTypes(extent: Extent): Promise<Row[]> {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'bench-types-'));
  try {
    await tsc('-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', join(folder, 'dist'));
    const [withDurin, without] = [await write(folder, 'with', durinGuard), await write(folder, 'without', ownGuard)];
    const [ours, other] = await sideBySide(
      { 'with trpc-durin': () => check(withDurin), 'without trpc-durin': () => check(without) },
      { count: 1, rounds: extent.rounds },
    );
    const counts = [
      countSeries('', await instantiationsOf(withDurin)),
      countSeries('without trpc-durin', await instantiationsOf(without)),
    ] as const;
    const work = `checking the types of an app, ${procedures} procedures`;
    return [ratioRow(work, ours, other, null), instantiationRow(`${work}: instantiations`, ...counts)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function countSeries(name: string, count: number): Series {
  return { name, microseconds: [count] };
}

function instantiationRow(work: string, ours: Series, other: Series): Row {
  const [own, its] = [ours, other].map(({ microseconds: [count = Number.NaN] }) => count.toLocaleString('en'));
  return { ...ratioRow(work, ours, other, null), ours: own ?? '', reference: `${other.name}: ${its}` };
}

async function write(folder: string, name: string, guard: string): Promise<string> {
  const directory = join(folder, name);
  await mkdir(directory);
  const compilerOptions = { rootDir: root, noUnusedLocals: false };
  const project = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['app.ts'], exclude: [] };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(project));
  await writeFile(join(directory, 'app.ts'), `${entities}${guard}${router}`);
  return directory;
}

async function check(directory: string): Promise<void> {
  await tsc('-p', directory);
}

async function instantiationsOf(directory: string): Promise<number> {
  const [, count] = /Instantiations:\s+(\d+)/.exec(await tsc('-p', directory, '--extendedDiagnostics')) ?? [];
  return Number(count);
}

async function tsc(...flags: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), flags);
  return stdout;
}

const entities = `
import { defineEntity, type InferEntity, type MikroORM, p } from '@mikro-orm/core';
import { initTRPC, TRPCError } from '@trpc/server';
import { createDurin, defineDurinEntities, type DurinContext } from '../dist/src/index.js';

const Organization = defineEntity({
  name: 'Organization',
  properties: { id: p.integer().primary(), name: p.string(), createdAt: p.datetime() },
});
const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    email: p.string().unique(),
    passwordHash: p.string().hidden(),
    isActive: p.boolean().default(true),
    role: p.string().default('member'),
    organization: () => p.manyToOne(Organization),
    createdAt: p.datetime(),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });
declare const orm: MikroORM;
export const all = [Organization, User, Client, AuthToken];
`;

const durinGuard = `
const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret: 'a secret of an app',
  clients: { web: { tokenTtl: '14d' }, cli: { tokenTtl: null } },
  verifyCredentials: async ({ input, em }) => em.findOne(User, { username: input.username }),
});
const t = initTRPC.context<DurinContext>().create();
const guarded = durin.authedProcedure;
`;

const ownGuard = `
const t = initTRPC.context<{ user: InferEntity<typeof User> | null }>().create();
const guarded = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});
`;

const router = `
export const appRouter = t.router({
${Array.from({ length: procedures }, (_, index) => `  call${index}: guarded.query(({ ctx }) => ctx.user.username.length + ${index}),`).join('\n')}
});
`;
