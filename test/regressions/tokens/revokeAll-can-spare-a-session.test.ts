import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { tokenRows } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('all sessions end but the one that is named', async () => {
  const { tokens } = app.durin;
  const [web] = [await tokens.issue({ user: 1, client: 'web' }), await tokens.issue({ user: 1, client: 'cli' })];
  expect(await tokens.revokeAll({ user: 1, except: web.auth.id.toUpperCase() })).toBe(1);
  expect(await tokenRows(app.orm, 1)).toMatchObject([{ id: web.auth.id }]);
  expect(await tokens.revokeAll({ user: 1 })).toBe(1);
});

test('a name that is no id is a mistake', async () => {
  const mistaken = app.durin.tokens.revokeAll({ user: 1, except: 'web' });
  await expect(mistaken).rejects.toThrow('except must be the id of a session, such as ctx.auth.id');
});
