import { createHook } from 'node:async_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestOf, t } from '../../support/app.ts';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';

// What makes a guarded call slow, counted instead of timed. A larger count is a slower call: see docs/benchmarks.md.

/** What a call may create beyond what a guard that does nothing creates. Those of the kind `shared` are mostly Keyv's. */
const most = {
  memory: { promises: 1, timers: 0 },
  layered: { promises: 1, timers: 0 },
  shared: { promises: 83, timers: 2 },
} as const;

const macs = vi.hoisted(() => ({ computed: 0 }));
vi.mock(import('../../../src/tokens/mac.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    createMac(...parameters) {
      const macOf = original.createMac(...parameters);
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

interface Cost {
  promises: number;
  timers: number;
}

/**
 * The promises and timers that a call creates. Each `await` of an async function is one or two promises. Of several calls the
 * least counts, because the database's answers and the writing of uses may create some meanwhile.
 */
async function costOf(call: () => Promise<unknown>): Promise<Cost> {
  const costs: Cost[] = [];
  while (costs.length < 5) costs.push(await costOfOne(call));
  const least = (name: keyof Cost) => Math.min(...costs.map((cost) => cost[name]));
  return { promises: least('promises'), timers: least('timers') };
}

async function costOfOne(call: () => Promise<unknown>): Promise<Cost> {
  const cost = { promises: 0, timers: 0 };
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') cost.promises += 1;
      if (type === 'Timeout' || type === 'Immediate') cost.timers += 1;
    },
  }).enable();
  await call();
  hook.disable();
  return cost;
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

  test('creates few promises and timers more than a guard that does nothing', async () => {
    const [guarded, idle] = [await costOf(callOf('guarded')), await costOf(callOf('idle'))];
    expect(guarded.promises - idle.promises).toBeLessThanOrEqual(most[kind].promises);
    expect(guarded.timers - idle.timers).toBeLessThanOrEqual(most[kind].timers);
  });

  test('creates no more promises and timers for its scopes', async () => {
    await callOf('guarded')(); // notes the use of the token
    expect(await costOf(callOf('scoped'))).toEqual(await costOf(callOf('guarded')));
  });
});
