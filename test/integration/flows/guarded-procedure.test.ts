import { initTRPC } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DurinContext } from '../../../src/index.ts';
import { type Caller, openApp, requestOf } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let router: ReturnType<typeof createRouter>;
const tokens = { web: '', cli: '' };
beforeAll(async () => {
  app = await openApp();
  router = createRouter(app.durin);
  for (const client of ['web', 'cli'] as const)
    ({ token: tokens[client] } = await app.durin.tokens.issue({ user: 1, client }));
});
afterAll(() => app.close());

function createRouter({ guardedProcedure }: typeof app.durin) {
  const t = initTRPC.context<DurinContext & { greeting: string }>().create({ isDev: false });
  const anyone = guardedProcedure({});
  const searching = guardedProcedure({ rate: '2/m', scope: 'search' });
  const limited = guardedProcedure({ exceptClients: ['cli'], rate: '2/m' });
  return t.router({
    anyone: anyone.query(({ ctx }) => ctx.auth.client.name),
    publish: guardedProcedure({ clients: ['web'] }).query(({ ctx }) => ctx.auth.client.name satisfies 'web'),
    deploy: guardedProcedure({ exceptClients: ['web'] }).query(({ ctx }) => ctx.auth.client.name),
    greet: t.procedure.concat(anyone).query(({ ctx }) => `${ctx.greeting} ${ctx.user.username}`),
    people: searching.query(() => 'people'),
    places: searching.query(() => 'places'),
    posts: t.router({ like: limited.mutation(() => 'liked'), share: limited.mutation(() => 'shared') }),
  });
}

function callAs(caller: Caller) {
  return router.createCaller({ ...app.durin.createContext(requestOf(caller)), greeting: 'Hello' });
}

describe('a guarded procedure', () => {
  test('without options lets every session in, and nobody else', async () => {
    expect(await callAs({ token: tokens.web }).anyone()).toBe('web');
    expect(await callAs({ token: tokens.cli }).anyone()).toBe('cli');
    expect(await callAs({}).anyone().catch(codeOf)).toBe('NO_CREDENTIALS');
    expect(await callAs({ token: 'x' }).anyone().catch(codeOf)).toBe('INVALID_TOKEN');
  });

  test('lets in the named clients, or the others', async () => {
    expect(await callAs({ token: tokens.web }).publish()).toBe('web');
    expect(await callAs({ token: tokens.cli }).publish().catch(codeOf)).toBe('CLIENT_NOT_ALLOWED');
    expect(await callAs({ token: tokens.cli }).deploy()).toBe('cli');
    expect(await callAs({ token: tokens.web }).deploy().catch(codeOf)).toBe('CLIENT_NOT_ALLOWED');
  });

  test('is added to a procedure of the app with concat', async () => {
    expect(await callAs({ token: tokens.web }).greet()).toBe('Hello alice');
  });
});

describe('the rate of a guarded procedure', () => {
  test('counts by path, for each client and user', async () => {
    const { posts } = callAs({ token: tokens.web });
    for (const _ of [1, 2]) await posts.like();
    const refusal = await posts.like().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ durin: { code: 'THROTTLED', scope: 'posts.like' } });
    expect(await posts.share()).toBe('shared');
    const bob = await app.durin.tokens.issue({ user: 2, client: 'web' });
    expect(await callAs({ token: bob.token }).posts.like()).toBe('liked');
  });

  test('counts procedures of one scope together', async () => {
    const caller = callAs({ token: tokens.web });
    await caller.people();
    await caller.places();
    const refusal = await caller.people().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ durin: { code: 'THROTTLED', scope: 'search' } });
    expect(await callAs({ token: tokens.cli }).people()).toBe('people');
  });

  test('does not count what the guard refuses', async () => {
    const { posts } = callAs({ token: tokens.cli });
    for (const _ of [1, 2, 3]) expect(await posts.like().catch(codeOf)).toBe('CLIENT_NOT_ALLOWED');
  });
});
