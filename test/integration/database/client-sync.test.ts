import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientConfig, createDurin } from '../../../src/index.ts';
import { openApp, requiredOptions } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { Client } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const day = 86_400;
/** The app's next release, with other clients. */
const release = (clients: Record<string, ClientConfig>, cache?: { ttl: '60s' }) =>
  createDurin({ ...requiredOptions(app.orm), clients, now: app.clock, ...(cache && { cache }) });

test('rows get every field that the option names, and keep the others', async () => {
  await app.durin.clients.update('web', { throttleRate: '7/s' });
  const next = release({
    web: { tokenTtl: '14d', maxSessions: 5, atLimit: 'refuse', idleTtl: '3d', maxLifetime: '90d' },
    cli: { tokenTtl: null },
    tv: {},
  });
  const before = await next.clients.sync();
  expect(before.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['tv', 'created'],
    ['web', 'differs'],
  ]);
  expect(await next.clients.sync({ update: true })).toMatchObject([{ name: 'web', outcome: 'updated' }]);
  expect(await app.orm.em.fork().findOneOrFail(Client, { name: 'web' })).toMatchObject({
    tokenTtl: 14 * day,
    throttleRate: '7/s',
    maxSessions: 5,
    atLimit: 'refuse',
    idleTtl: 3 * day,
    maxLifetime: 90 * day,
  });
  expect(await next.clients.sync({ update: true })).toEqual([]);
});

test('processes that sync at once create each client once', async () => {
  const processes = Array.from({ length: 5 }, () => release({ kiosk: { maxSessions: 2 } }));
  const synced = await Promise.all(processes.map(({ clients }) => clients.sync({ update: true })));
  expect(synced.flat()).toMatchObject([{ name: 'kiosk', outcome: 'created', maxSessions: 2 }]);
});

test('a changed lifetime applies to cached sessions', async () => {
  const process = release({ desk: { tokenTtl: null } }, { ttl: '60s' });
  await process.clients.sync();
  const { token } = await process.tokens.issue({ user: 1, client: 'desk' });
  await process.authenticate(token);
  const next = release({ desk: { idleTtl: '5m' } }, { ttl: '60s' });
  expect(await next.clients.sync({ update: ['idleTtl'] })).toMatchObject([{ outcome: 'updated', idleTtl: 300 }]);
  app.clock.advance(301);
  expect(await process.authenticate(token).catch(codeOf)).toBe('TOKEN_EXPIRED');
  await Promise.all([process.close(), next.close()]);
});
