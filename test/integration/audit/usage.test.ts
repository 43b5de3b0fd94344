import { afterAll, beforeAll, expect, test } from 'vitest';
import { DurinUsageError } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { type AuditedApp, openAuditedApp } from '../../support/audit/audited-app.ts';
import { audited } from '../../support/audit/audited-entities.ts';

let app: AuditedApp;
beforeAll(async () => {
  app = await openAuditedApp();
});
afterAll(() => app.close());

const day = 86_400;

/** A user with tokens of `api` and `web`, who has made no calls. */
async function enter() {
  const user = await app.addUser();
  const [{ token: api }, { token: web }] = [
    await app.durin.tokens.issue({ user, client: 'api' }),
    await app.durin.tokens.issue({ user, client: 'web' }),
  ];
  return { user, api, web };
}

test('every call that a guard lets in is counted, however close together', async () => {
  const { durin, callAs } = app;
  const { user, api, web } = await enter();
  await Promise.all(Array.from({ length: 50 }, () => callAs({ token: api }).read()));
  await callAs({ token: web })
    .read()
    .catch(() => null); // it may, since its client has all scopes
  await durin.authenticate(web);
  await callAs({ token: web }).auth.sessions.list();
  await durin.flush();
  expect(await durin.usage.byUser({ client: 'api' })).toEqual([{ userId: user.id, calls: 50 }]);
  expect(await durin.usage.byUser({ client: 'web' })).toEqual([{ userId: user.id, calls: 3 }]);
  expect(await durin.usage.byClient({ days: 1 })).toEqual([
    { client: 'api', calls: 50, users: 1 },
    { client: 'web', calls: 3, users: 1 },
  ]);
});

test('days without calls are listed, and old ones are purged', async () => {
  const { durin, clock, callAs } = app;
  const { user, api } = await enter();
  await callAs({ token: api }).read();
  await durin.flush();
  clock.advance(2 * day);
  await callAs({ token: api }).read();
  await durin.flush();
  const calls = async (days: number) => {
    const all = await durin.usage.byDay({ client: 'api', days });
    return all.map((each) => each.calls);
  };
  expect(await calls(3)).toEqual([51, 0, 1]);
  expect(await durin.usage.byUser({ client: 'api', limit: 1, days: 1 })).toEqual([{ userId: user.id, calls: 1 }]);
  await durin.tokens.purgeExpired({ keepUsage: '1d' });
  expect(await calls(3)).toEqual([0, 0, 1]);
  clock.advance(89 * day);
  await durin.tokens.purgeExpired();
  expect(await calls(120)).toContain(1);
  clock.advance(2 * day);
  await durin.tokens.purgeExpired();
  expect(await calls(120)).not.toContain(1);
});

test('more calls than a 32-bit number has are counted, in numbers', async () => {
  const { durin, clock, orm, run } = app;
  const { user, web } = await enter();
  const today = new Date(clock()).toISOString().slice(0, 10);
  const many = 2 ** 31 - 1;
  await run("insert into durin_usage (client, day, user_id, calls) values ('web', ?, ?, ?)", [
    today,
    String(user.id),
    many,
  ]);
  await durin.authenticate(web);
  await durin.flush();
  expect(await durin.usage.byUser({ client: 'web', days: 1 })).toEqual([{ userId: user.id, calls: many + 1 }]);
  const row = await orm.em.fork().findOne(audited.DurinUsage, { userId: String(user.id), client: 'web' });
  expect(row?.calls).toBe(many + 1);
});

test('a wrong filter is named', async () => {
  const { usage } = app.durin;
  await expect(usage.byDay({ days: 0 })).rejects.toThrow('days must be a whole number from 1 to 366');
  await expect(usage.byUser({ limit: 1001 })).rejects.toThrow('limit must be a whole number from 1 to 1000');
  await expect(usage.byUser({ client: 7 as never })).rejects.toThrow("client must be a client's name");
});

test('without counts, durin.usage says how to have them', async () => {
  const { durin, close } = await openApp();
  await expect(durin.usage.byDay()).rejects.toThrow(DurinUsageError);
  await expect(durin.usage.byUser()).rejects.toThrow('defineDurinEntities with usage: true');
  await close();
});
