import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { initTRPC, type TRPCError } from '@trpc/server';
import type { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinContext, isDurinError } from '../../../src/index.ts';
import { openApp, requestOf } from '../../support/app.ts';

interface Copy {
  readonly TRPCError: typeof TRPCError;
  readonly initTRPC: typeof initTRPC;
  readonly fetchRequestHandler: typeof fetchRequestHandler;
}

const cache = join(import.meta.dirname, '../../../node_modules/.cache');
let app: Awaited<ReturnType<typeof openApp>>;
let folder: string;
let copy: Copy;
beforeAll(async () => {
  app = await openApp();
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'second-trpc-'));
  const trpc = join(folder, 'node_modules/@trpc/server');
  await cp(join(cache, '../@trpc/server'), trpc, { recursive: true });
  copy = {
    ...((await import(join(trpc, 'dist/index.mjs'))) as Pick<Copy, 'initTRPC' | 'TRPCError'>),
    ...((await import(join(trpc, 'dist/adapters/fetch/index.mjs'))) as Pick<Copy, 'fetchRequestHandler'>),
  };
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

test('the other copy is another one', () => {
  expect(copy.initTRPC).not.toBe(initTRPC);
});

test.each([
  ['mounted', 'auth.sessions.list'],
  ['used directly', 'direct'],
  ['used with concat', 'concat'],
])('a procedure %s refuses with its own status', async (_, path) => {
  const { durinRouter, authedProcedure, createContext, responseMeta } = app.durin;
  const t = copy.initTRPC.context<DurinContext>().create({
    errorFormatter: ({ shape, error }) =>
      isDurinError(error) ? { ...shape, data: { ...shape.data, durin: error.durin } } : shape,
  });
  const router = t.router({
    auth: durinRouter,
    direct: authedProcedure.query(() => 'me'),
    concat: t.procedure.concat(authedProcedure).query(() => 'me'),
  });
  const req = new Request(`http://localhost/${path}`);
  const response = await copy.fetchRequestHandler({ endpoint: '/', router, req, createContext, responseMeta });
  expect(response.status).toBe(401);
  expect(response.headers.get('WWW-Authenticate')).toContain('Token');
  expect(await response.json()).toMatchObject({ error: { data: { durin: { code: 'NO_CREDENTIALS' } } } });
});

test('an error of the other copy from verifyCredentials keeps its code', async () => {
  const durin = createDurin({
    ...app.options,
    verifyCredentials() {
      throw new copy.TRPCError({ code: 'PRECONDITION_FAILED', message: 'Confirm your address first.' });
    },
  });
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf()));
  const login = caller.login({ username: 'alice', password: 'x', client: 'web' });
  await expect(login).rejects.toMatchObject({ code: 'PRECONDITION_FAILED', message: 'Confirm your address first.' });
});
