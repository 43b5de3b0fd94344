import { type AnyTRPCRouter, lazy } from '@trpc/server';
import { expect, test } from 'vitest';
import { createDurinAdmin, type DurinAdmin } from '../../../src/admin/index.ts';
import { DurinUsageError } from '../../../src/index.ts';
import { requestOf, t } from '../../support/app.ts';
import { type KeysDurin, useKeysApp } from '../../support/keys/keys-app.ts';

const app = useKeysApp();

/** The admin router of an app, as alice calls it. */
async function enterAdmin(createAdmin: (durin: KeysDurin) => DurinAdmin) {
  const { durin, token } = await app.enter();
  const { adminRouter } = createAdmin(durin);
  return { durin, admin: adminRouter.createCaller(durin.createContext(requestOf({ token }))) };
}

const isAdmin = () => true;

function createAppWithAdmin(durin: KeysDurin) {
  const admin = createDurinAdmin(durin, { isAdmin, router: (): AnyTRPCRouter => appRouter });
  const appRouter = t.router({
    admin: admin.adminRouter,
    hello: durin.procedure.query(() => 'hello'),
    reports: lazy(async () => createReportsRouter(durin)),
  });
  return { admin, appRouter };
}

function createReportsRouter({ guardedProcedure }: KeysDurin) {
  return t.router({
    list: guardedProcedure({ scopes: ['read'] }).query(() => []),
    publish: guardedProcedure({ clients: ['web'], scopes: ['write'], fresh: '10m', rate: '5/m' }).mutation(() => null),
  });
}

test("an admin sees who may call each of the app's procedures", async () => {
  const { admin } = await enterAdmin((durin) => createAppWithAdmin(durin).admin);
  const policies = (await admin.policy.list()) ?? [];
  const everyone = { guard: 'open', clients: null, keys: true, scopes: null, anyScope: null, fresh: null, rate: null };
  expect(policies.filter(({ path }) => !path.startsWith('admin.'))).toEqual([
    { ...everyone, path: 'hello', type: 'query' },
    { ...everyone, path: 'reports.list', type: 'query', guard: 'guarded', scopes: ['read'] },
    {
      path: 'reports.publish',
      type: 'mutation',
      guard: 'guarded',
      clients: ['web'],
      keys: false,
      scopes: ['write'],
      anyScope: null,
      fresh: '10m',
      rate: '5/m',
    },
  ]);
  expect(policies.find(({ path }) => path === 'admin.policy.list')).toMatchObject({ guard: 'guarded' });
});

test('the policies are those that policyOf returns', async () => {
  const { durin } = await app.enter();
  const { admin, appRouter } = createAppWithAdmin(durin);
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = admin.adminRouter.createCaller(durin.createContext(requestOf({ token })));
  expect(await caller.policy.list()).toEqual(await durin.policyOf(appRouter));
});

test('without the option router there are no policies', async () => {
  const { admin } = await enterAdmin((durin) => createDurinAdmin(durin, { isAdmin }));
  expect(await admin.policy.list()).toBeNull();
});

test('an argument that is no router fails the call, and not the start', async () => {
  const { admin } = await enterAdmin((durin) => createDurinAdmin(durin, { isAdmin, router: () => ({}) as never }));
  await expect(admin.policy.list()).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    cause: expect.any(DurinUsageError) as Error,
  });
});

test('createDurinAdmin takes the router as a function', async () => {
  const { durin } = await app.enter();
  const create = () => createDurinAdmin(durin, { isAdmin, router: t.router({}) as never });
  expect(create).toThrow(new DurinUsageError('createDurinAdmin: router must be a function'));
});

test('an admin sees the scopes of the app and of a client', async () => {
  const { admin } = await enterAdmin((durin) => createDurinAdmin(durin, { isAdmin }));
  expect(await admin.scopes.list()).toEqual(['read', 'write', 'admin']);
  expect(await admin.scopes.list({ client: 'api' })).toEqual(['read', 'write']);
  expect(await admin.scopes.list({ client: 'web' })).toEqual(['read', 'write', 'admin']);
  expect(await admin.scopes.list({ client: 'created-later' })).toEqual(['read', 'write', 'admin']);
});
