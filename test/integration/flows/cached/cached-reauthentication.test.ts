import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { password, requestOf, t } from '../../../support/app.ts';
import { codeOf } from '../../../support/arena.ts';
import { type CachedApp, kinds, openCachedApp } from '../../../support/cache/cached-app.ts';

const alice = { username: 'alice', password };

describe.each(kinds)('another process caches the session (%s)', (kind) => {
  let app: CachedApp;
  let there: CachedApp['there'];
  beforeAll(async () => {
    app = await openCachedApp(kind);
    there = kind === 'memory' ? app.start() : app.there; // a process that hears nothing of the other one
  });
  afterAll(async () => {
    if (kind === 'memory') await there.close();
    await app.close();
  });

  async function prepare() {
    const { token } = await app.login();
    app.clock.advance(50);
    for (const durin of [app.here, there]) await durin.authenticate(token);
    const router = t.router({ erase: there.guardedProcedure({ fresh: '30s' }).mutation(({ ctx }) => ctx.auth.id) });
    const erase = () => router.createCaller(there.createContext(requestOf({ token }))).erase();
    return { token, erase };
  }

  test('a reauthentication is seen there', async () => {
    const { token, erase } = await prepare();
    expect(await erase().catch(codeOf)).toBe('REAUTHENTICATION_REQUIRED');
    await app.callAs({ token }).auth.reauthenticate(alice);
    expect(await erase()).toBeDefined();
  });

  test('so is a login that keeps the token', async () => {
    const { token, erase } = await prepare();
    expect((await app.login()).token).toBe(token);
    expect(await erase()).toBeDefined();
  });

  test('a session that was ended there is refused as ended', async () => {
    const { token, erase } = await prepare();
    await app.callAs({ token }).auth.logout();
    expect(await erase().catch(codeOf)).toBe('INVALID_TOKEN');
  });
});
