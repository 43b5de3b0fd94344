import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { AuthToken, TokenUse } from '../../support/entities.ts';

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
const day = 86_400_000;

/** Tokens by client: how many days ago each was issued and last used. */
const usage = {
  cli: [
    { issued: 0, used: 0.9 },
    { issued: 2, used: 1.1 },
    { issued: 9, used: 6.9 },
    { issued: 40, used: 29.9 },
    { issued: 40, used: 30.1 },
    { issued: 40, used: null },
  ],
  api: [{ issued: 2, used: 2 }],
};

beforeAll(async () => {
  app = await openAdminApp();
  const users = await app.addUsers(usage.cli.map((_, index) => `user ${index}`));
  const now = app.clock();
  for (const [client, tokens] of Object.entries(usage)) {
    for (const [index, { issued, used }] of tokens.entries()) {
      const user = users[index]?.id ?? 0;
      const { auth } = await app.durin.tokens.issue({ user, client: client as 'cli' });
      const em = app.orm.em.fork();
      await em.nativeUpdate(AuthToken, { id: auth.id }, { created: new Date(now - issued * day) });
      const lastUsedAt = used === null ? null : new Date(now - used * day);
      await em.nativeUpdate(TokenUse, { token: auth.id }, { lastUsedAt });
    }
  }
  ({ admin } = await app.asAlice());
  await app.durin.close(); // from here on, uses of alice's token are not recorded
});
afterAll(() => app.close());

test('counts tokens by client, and those used in the last 1, 7 and 30 days', async () => {
  expect(await admin.usage.clients()).toEqual([
    { client: 'api', tokens: 1, activeDay: 0, activeWeek: 1, activeMonth: 1 },
    { client: 'cli', tokens: 6, activeDay: 1, activeWeek: 3, activeMonth: 4 },
    { client: 'web', tokens: 1, activeDay: 0, activeWeek: 0, activeMonth: 0 },
  ]);
});

test('counts tokens issued and last used per day, with empty days', async () => {
  const days = await admin.usage.overTime({ days: 10 });
  expect(days).toHaveLength(10);
  expect(days.at(-1)?.day).toBe(new Date(app.clock()).toISOString().slice(0, 10));
  expect(days.map(({ issued }) => issued)).toEqual([1, 0, 0, 0, 0, 0, 0, 2, 0, 2]); // alice's own token was issued today
  const lastUsed = days.reduce((sum, use) => sum + use.lastUsed, 0);
  expect(lastUsed).toBe(4);
  const ofApi = await admin.usage.overTime({ client: 'api', days: 3 });
  expect(ofApi.map(({ issued, lastUsed: used }) => [issued, used])).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ]);
  expect(await admin.usage.overTime()).toHaveLength(30);
  expect((await admin.usage.overTime({ client: 'nope' })).every(({ issued }) => issued === 0)).toBe(true);
  await expect(admin.usage.overTime({ days: 367 })).rejects.toMatchObject({ durin: { code: 'INVALID_INPUT' } });
});
