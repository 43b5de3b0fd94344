import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';

let app: AdminApp;
let caller: Awaited<ReturnType<AdminApp['asAlice']>>;
beforeAll(async () => {
  app = await openAdminApp();
});
beforeEach(async () => {
  caller = await app.asAlice();
  app.actions.length = 0;
});
afterAll(() => app.close());

const byAlice = () => ({
  by: { userId: app.alice.id, client: 'web', tokenId: caller.tokenId, ipAddress: '127.0.0.1', userAgent: 'test' },
});

test('each change of a client emits one event, with the admin', async () => {
  const { clients } = caller.admin;
  await clients.create({ name: 'kiosk' });
  await clients.update({
    name: 'kiosk',
    changes: { name: 'stand', tokenTtl: '1h', throttleRate: undefined, idleTtl: '3d' },
  });
  await clients.update({ name: 'stand', changes: {} });
  await app.durin.tokens.issue({ user: app.bob, client: 'stand' as never });
  await clients.delete({ name: 'stand' });
  expect(app.actions).toEqual([
    { action: 'client-created', client: 'kiosk', ...byAlice() },
    {
      action: 'client-updated',
      client: 'kiosk',
      changes: { name: 'stand', tokenTtl: 3600, idleTtl: 259_200 },
      ...byAlice(),
    },
    { action: 'client-deleted', client: 'stand', tokens: 1, ...byAlice() },
  ]);
});

test('each change of tokens emits one event, without the token', async () => {
  const { tokens } = caller.admin;
  const { token, session } = await tokens.issue({ user: app.bob.id, client: 'cli' });
  await tokens.revoke({ id: session.id });
  await tokens.issue({ user: app.bob.id, client: 'api', ttl: 1 });
  app.clock.advance(1);
  expect(await tokens.purgeExpired()).toEqual({ purged: 1 });
  expect(await tokens.revokeAllOf({ user: app.bob.id })).toEqual({ revoked: 0 });
  const ofBob = { userId: app.bob.id };
  expect(app.actions).toEqual([
    { action: 'token-issued', tokenId: session.id, ...ofBob, client: 'cli', expiry: null, ...byAlice() },
    { action: 'token-revoked', tokenId: session.id, ...ofBob, client: 'cli', ...byAlice() },
    expect.objectContaining({ action: 'token-issued', client: 'api', expiry: expect.any(Date) as Date }),
    { action: 'expired-purged', purged: 1, ...byAlice() },
    { action: 'user-signed-out', ...ofBob, revoked: 0, ...byAlice() },
  ]);
  expect(JSON.stringify(app.actions)).not.toContain(token.slice(0, 32));
});

test('a purge that fails halfway emits what it removed', async () => {
  const connection = app.orm.em.getConnection();
  await app.addUsers(Array.from({ length: 1001 }, (_, index) => `gone ${index}`));
  await connection.execute(
    `insert into durin_auth_token (id, selector, user_id, client_id, created, expiry)
     select gen_random_uuid(), md5(u.username), u.id, c.id, '2020-01-01', '2020-01-02'
     from app_user u cross join durin_client c where u.username like 'gone %' and c.name = 'cli'`,
  );
  await connection.execute(
    `create function fail_when_few() returns trigger language plpgsql as 'begin
       if (select count(*) from deleted) < 1000 then raise exception ''the disk is full''; end if; return null; end'`,
  );
  await connection.execute(
    `create trigger fail_when_few after delete on durin_auth_token referencing old table as deleted
     for each statement execute function fail_when_few()`,
  );
  await expect(caller.admin.tokens.purgeExpired()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
  expect(app.actions).toEqual([{ action: 'expired-purged', purged: 1000, ...byAlice() }]);
  await expect(caller.admin.tokens.purgeExpired()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
  expect(app.actions).toHaveLength(1);
  await connection.execute('drop trigger fail_when_few on durin_auth_token');
  expect(await caller.admin.tokens.purgeExpired()).toEqual({ purged: 1 });
});

test('every mutation emits adminAction', async () => {
  const { adminRouter } = app;
  const mutations = Object.entries(adminRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)
    .filter(([, { _def }]) => _def.type === 'mutation')
    .map(([path]) => path);
  const { clients, tokens } = caller.admin;
  const mutate: Record<string, () => Promise<unknown>> = {
    'clients.create': () => clients.create({ name: 'kiosk' }),
    'clients.update': () => clients.update({ name: 'kiosk', changes: { tokenTtl: null } }),
    'clients.delete': () => clients.delete({ name: 'kiosk' }),
    'tokens.issue': () => tokens.issue({ user: app.bob.id, client: 'cli' }),
    'tokens.revoke': async () => tokens.revoke({ id: (await tokens.list({ user: app.bob.id })).items[0]?.id ?? '' }),
    'tokens.revokeAllOf': () => tokens.revokeAllOf({ user: app.bob.id }),
    'tokens.purgeExpired': () => tokens.purgeExpired(),
  };
  expect([...Object.keys(mutate), 'keys.rename', 'keys.roll']).toEqual(mutations); // keys.test.ts has these
  for (const [index, path] of Object.keys(mutate).entries()) {
    await mutate[path]?.();
    expect({ path, emitted: app.actions.length }).toEqual({ path, emitted: index + 1 });
  }
});

test('refused calls emit nothing', async () => {
  const { clients, tokens } = caller.admin;
  const refused = [
    clients.create({ name: 'web' }),
    clients.create({ name: '' }),
    clients.update({ name: 'nope', changes: { tokenTtl: 1 } }),
    clients.delete({ name: 'nope' }),
    tokens.issue({ user: 4711, client: 'web' }),
    tokens.issue({ user: app.bob.id, client: 'nope' }),
    tokens.revoke({ id: 'nope' }),
    tokens.revokeAllOf({ user: 4711 }),
  ];
  for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected');
  expect(app.actions).toEqual([]);
});

test('in a transaction, events are emitted only after the commit', async () => {
  const em = app.orm.em.fork();
  await em.transactional(async () => {
    await caller.admin.clients.create({ name: 'kiosk' });
    expect(app.actions).toEqual([]);
  });
  expect(app.actions).toHaveLength(1);
  const undone = em.transactional(async () => {
    await caller.admin.clients.delete({ name: 'kiosk' });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(app.actions).toHaveLength(1);
  await caller.admin.clients.delete({ name: 'kiosk' });
});
