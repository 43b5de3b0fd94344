import type { AnyRouter } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { requestOf, t } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';
import { createWire } from '../../support/wire.ts';

let app: AdminApp;
beforeAll(async () => {
  app = await openAdminApp();
});
afterAll(() => app.close());

test('who may only read gets every query, and no mutation', async () => {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: () => 'read' });
  const router: AnyRouter = t.router({ admin: adminRouter });
  const { call } = createWire(router, app.durin);
  const { token } = await app.durin.tokens.issue({ user: app.bob, client: 'web' });
  const procedures = Object.entries(router._def.procedures as Record<string, { _def: { type: string } }>);
  expect(procedures.length).toBeGreaterThan(20);
  const answers = await Promise.all(
    procedures.map(async ([path, { _def }]) => ({
      ...(await call(path, { token, input: {} })),
      path,
      type: _def.type,
    })),
  );
  const refused = {
    status: 403,
    error: {
      message: 'You may see everything here, and change nothing.',
      data: { code: 'FORBIDDEN', durin: { code: 'NOT_ADMIN' } },
    },
  };
  const [queries, mutations] = ['query', 'mutation'].map((type) => answers.filter((answer) => answer.type === type));
  expect(queries?.filter(({ status }) => ![200, 400, 404].includes(status)).map(({ path }) => path)).toEqual([]);
  expect(mutations?.length).toBeGreaterThan(8);
  expect(mutations).toMatchObject(mutations?.map(() => refused) ?? []);
});

test('whoami says the role, and a refused change is reported', async () => {
  const denied = recordEvents(app.durin.events);
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: ({ user }) => user.username === 'alice' || 'read' });
  const as = async (username: 'alice' | 'bob') => {
    const { token } = await app.durin.tokens.issue({ user: app[username], client: 'cli' });
    return adminRouter.createCaller(app.durin.createContext(requestOf({ token })));
  };
  expect(await (await as('alice')).whoami()).toMatchObject({ label: 'alice', role: 'admin' });
  const reader = await as('bob');
  expect(await reader.whoami()).toMatchObject({ label: 'bob', role: 'read' });
  await expect(reader.clients.delete({ name: 'web' })).rejects.toMatchObject({ durin: { code: 'NOT_ADMIN' } });
  expect(denied.of('denied')).toMatchObject([{ code: 'NOT_ADMIN', userId: app.bob.id, path: 'clients.delete' }]);
  expect((await reader.clients.names()).includes('web')).toBe(true);
});

test.each(['write', 'READ', 1, {}, 'true', null])('isAdmin that returns %o lets nobody in', async (answer) => {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: () => answer as never });
  const { token } = await app.durin.tokens.issue({ user: app.bob, client: 'cli' });
  const caller = adminRouter.createCaller(app.durin.createContext(requestOf({ token })));
  await expect(caller.whoami()).rejects.toMatchObject({ message: 'Only admins may use this procedure.' });
});
