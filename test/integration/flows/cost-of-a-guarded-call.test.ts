import { createHook } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestOf, t } from '../../support/app.ts';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';

// What makes a guarded call slow, counted instead of timed. A larger count is a slower call: see docs/benchmarks.md.

/** Those of the kind `shared` are mostly Keyv's. */
const mostPromises = { memory: 17, layered: 19, shared: 83 };

const macs = vi.hoisted(() => ({ computed: 0 }));
vi.mock(import('../../../src/tokens/mac.ts'), async (importOriginal) => {
  const { createMac } = await importOriginal();
  return {
    createMac(...parameters) {
      const macOf = createMac(...parameters);
      return (data) => {
        macs.computed += 1;
        return macOf(data);
      };
    },
  };
});

function createRouter({ here }: CachedApp) {
  return t.router({
    guarded: here.authedProcedure.query(() => 'pong'),
    scoped: here.guardedProcedure({ scopes: ['reports'], anyScope: ['reports'] }).query(() => 'pong'),
    idle: t.procedure.use(({ next }) => next({ ctx: { user: null, auth: null } })).query(() => 'pong'),
  });
}

/**
 * The promises that a call creates. Each `await` of an async function is one or two. Of several calls the least counts,
 * because timers and answers of the database may create some meanwhile.
 */
async function promisesOf(call: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  while (counts.length < 5) counts.push(await promisesOfOne(call));
  return Math.min(...counts);
}

async function promisesOfOne(call: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') count += 1;
    },
  }).enable();
  await call();
  hook.disable();
  return count;
}

/** tRPC's types hide that a procedure has them. */
function middlewaresOf(procedure: object): number {
  return (procedure as { _def: { middlewares: unknown[] } })._def.middlewares.length;
}

describe.each(kinds)('a guarded call whose session is cached (%s)', (kind) => {
  let app: CachedApp;
  let router: ReturnType<typeof createRouter>;
  let token: string;
  beforeAll(async () => {
    app = await openCachedApp(kind);
    router = createRouter(app);
    ({ token } = await app.here.tokens.issue({ user: 1, client: 'web' }));
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await callOf('guarded')();
    await app.here.flush();
  });

  function callOf(path: 'guarded' | 'scoped' | 'idle') {
    const info = { calls: [{ path }], type: 'query' };
    const caller = router.createCaller(app.here.createContext({ ...requestOf({ token }), info }));
    return () => caller[path]();
  }

  test('is one middleware, as a guard that does nothing', () => {
    const { guarded, scoped, idle } = router._def.procedures;
    expect([guarded, scoped, idle].map(middlewaresOf)).toEqual([2, 2, 2]); // the guard, and the procedure itself
  });

  test('costs no SQL and no MAC, and a store one call without a bus', async () => {
    const before = { sql: app.statements.length, calls: app.storeCalls.length, macs: macs.computed };
    await callOf('guarded')();
    expect(app.statements.slice(before.sql)).toEqual([]);
    expect(app.storeCalls.slice(before.calls)).toEqual(kind === 'shared' ? ['getMany'] : []);
    expect(macs.computed - before.macs).toBe(0);
  });

  test('creates few promises more than a guard that does nothing', async () => {
    const more = (await promisesOf(callOf('guarded'))) - (await promisesOf(callOf('idle')));
    expect(more).toBeLessThanOrEqual(mostPromises[kind]);
  });

  test('creates no more promises for its scopes', async () => {
    await callOf('guarded')(); // notes the use of the token
    const promises = await promisesOf(callOf('guarded'));
    expect(await promisesOf(callOf('scoped'))).toBe(promises);
  });
});
