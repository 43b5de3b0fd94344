import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestOf } from '../../../support/app.ts';
import { type CachedApp, kinds, openCachedApp } from '../../../support/cache/cached-app.ts';

describe.each(kinds)('what a look-up costs (%s)', (kind) => {
  let app: CachedApp;
  let token: string;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await app.here.tokens.revokeAll({ user: 1 });
    ({ token } = await app.here.tokens.issue({ user: 1, client: 'web' }));
  });

  /** The SQL look-ups and the store calls that the work took. Writes of `lastUsedAt` are not counted: they come later. */
  async function costOf(work: () => Promise<unknown>) {
    const [statements, calls] = [app.statements.length, app.storeCalls.length];
    await work();
    const sql = app.statements.slice(statements).filter((statement) => !statement.includes('with used as ('));
    return { sql: sql.length, store: app.storeCalls.slice(calls) };
  }
  const inStore = (...calls: string[]) => (kind === 'memory' ? [] : calls);
  const look = () => app.here.authenticate(token);

  test('the first look-up asks the database once, and fills the store', async () => {
    const { sql, store } = await costOf(look);
    expect(sql).toBe(1);
    const known = store.filter((call) => call !== 'getMany');
    expect(known.at(-1)).toEqual(inStore('set')[0]);
  });

  test('a cached look-up asks no database', async () => {
    await look();
    expect(await costOf(look)).toEqual({ sql: 0, store: kind === 'shared' ? ['getMany'] : [] });
  });

  test('a look-up that another process cached asks no database', async () => {
    await app.there.authenticate(token);
    const { sql, store } = await costOf(look);
    expect(sql).toBe(0);
    expect(new Set(store)).toEqual(new Set(inStore('getMany')));
  });

  test('a forged token asks neither database nor store', async () => {
    const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    const refused = { durin: { code: 'INVALID_TOKEN' } };
    const cost = await costOf(() => expect(app.here.authenticate(forged)).rejects.toMatchObject(refused));
    expect(cost).toEqual({ sql: 0, store: [] });
  });

  test('a batch of ten guarded calls is one look-up', async () => {
    const caller = app.router.createCaller(app.here.createContext(requestOf({ token })));
    await look();
    const batch = () => Promise.all(Array.from({ length: 10 }, () => caller.me()));
    expect(await costOf(batch)).toEqual({ sql: 0, store: kind === 'shared' ? ['getMany'] : [] });
  });

  test('a thousand look-ups at once are one statement', async () => {
    const { sql, store } = await costOf(() => Promise.all(Array.from({ length: 1000 }, look)));
    expect(sql).toBe(1);
    expect(store.filter((call) => call === 'set').length).toBe(inStore('set').length);
  });

  test('a thousand look-ups after a change are few statements', async () => {
    await app.here.users.forget(1);
    const { sql, store } = await costOf(() => Promise.all(Array.from({ length: 1000 }, look)));
    expect(sql).toBeLessThanOrEqual(2);
    expect(store.length).toBeLessThanOrEqual(12);
  });

  test('a logout is one fence and one deletion', async () => {
    await app.warm(token);
    const { store } = await costOf(() => app.callAs({ token }).auth.logout());
    expect(store.filter((call) => call !== 'getMany')).toEqual(inStore('set', 'delete'));
  });
});
