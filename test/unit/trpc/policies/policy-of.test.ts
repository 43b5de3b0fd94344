import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC, lazy } from '@trpc/server';
import { afterAll, describe, expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../../src/index.ts';
import { createPolicies, guardedPolicy } from '../../../../src/trpc/policies/policies.ts';
import { createPolicyOf } from '../../../../src/trpc/policies/policy-of.ts';
import { clients, requiredOptions } from '../../../support/app.ts';
import { entities } from '../../../support/entities.ts';

const orm = new MikroORM({ entities, dbName: 'never connected' });
afterAll(() => orm.close(true));

const t = initTRPC.context<DurinContext>().create({ isDev: false });
const durin = createDurin({ ...requiredOptions(orm), clients, scopes: ['read', 'write', 'billing'] });
const { guardedProcedure } = durin;
const answer = () => 'answer';

const open = {
  type: 'query',
  guard: 'open',
  keys: true,
  clients: null,
  scopes: null,
  anyScope: null,
  fresh: null,
  rate: null,
} as const;
const guarded = { ...open, guard: 'guarded', keys: false } as const;

describe('the policy of a procedure', () => {
  test('is what its builder demands', async () => {
    const router = t.router({
      mine: t.procedure.query(answer),
      anyone: durin.procedure.query(answer),
      maybe: durin.optionalProcedure.query(answer),
      me: durin.authedProcedure.query(answer),
      web: durin.clientProcedure(['web']).mutation(answer),
      others: durin.clientProcedure.except(['web']).mutation(answer),
      list: durin.scopedProcedure(['write', 'read']).query(answer),
      pay: guardedProcedure({ anyScope: ['billing', 'write'], fresh: '10m', rate: '5/m' }).mutation(answer),
      search: durin.throttledProcedure({ scope: 'search', rate: '30/m' }).query(answer),
      watch: guardedProcedure({ fresh: 600 }).subscription(async function* watch() {
        yield answer();
      }),
    });
    expect(await durin.policyOf(router)).toEqual([
      { ...open, path: 'anyone' },
      { ...guarded, path: 'list', scopes: ['write', 'read'] },
      { ...guarded, path: 'maybe', guard: 'optional' },
      { ...guarded, path: 'me' },
      { ...open, path: 'mine' },
      { ...guarded, path: 'others', type: 'mutation', clients: ['cli', 'api'] },
      { ...guarded, path: 'pay', type: 'mutation', anyScope: [['billing', 'write']], fresh: '10m', rate: '5/m' },
      { ...guarded, path: 'search', guard: 'optional', rate: '30/m' },
      { ...guarded, path: 'watch', type: 'subscription', fresh: 600 },
      { ...guarded, path: 'web', type: 'mutation', clients: ['web'] },
    ]);
  });

  test('combines the guards of its chain', async () => {
    const router = t.router({
      both: t.procedure
        .concat(guardedProcedure({ clients: ['web', 'cli'], scopes: ['read'], fresh: '1h', rate: '9/m' }))
        .concat(guardedProcedure({ clients: ['cli', 'api'], scopes: ['write', 'read'], fresh: '10m', rate: '20/h' }))
        .query(answer),
      either: guardedProcedure({ anyScope: ['read', 'write'] })
        .concat(guardedProcedure({ anyScope: ['billing'] }))
        .query(answer),
      maybeGuarded: durin.optionalProcedure.concat(durin.authedProcedure).query(answer),
    });
    expect(await durin.policyOf(router)).toEqual([
      { ...guarded, path: 'both', clients: ['cli'], scopes: ['read', 'write'], fresh: '10m', rate: '9/m, 20/h' },
      { ...guarded, path: 'either', anyScope: [['read', 'write'], ['billing']] },
      { ...guarded, path: 'maybeGuarded' },
    ]);
  });

  test('is found below inputs, outputs and middlewares of the app', async () => {
    const logged = t.middleware(({ next }) => next());
    const piped = logged.unstable_pipe(({ next }) => next());
    const procedure = t.procedure
      .use(piped)
      .concat(durin.clientProcedure(['web']))
      .use(logged)
      .meta({});
    expect(await durin.policyOf(t.router({ list: procedure.query(answer) }))).toEqual([
      { ...guarded, path: 'list', clients: ['web'] },
    ]);
  });

  test('lists the refused clients if the app has no option clients', async () => {
    const nameless = createDurin(requiredOptions(orm));
    const router = t.router({ most: nameless.clientProcedure.except(['web']).query(answer) });
    expect(await nameless.policyOf(router)).toEqual([{ ...guarded, path: 'most', exceptClients: ['web'] }]);
  });

  test('leaves out the guards of another durin', async () => {
    const other = createDurin({ ...requiredOptions(orm), clients });
    const router = t.router({ theirs: other.clientProcedure(['web']).query(answer) });
    expect(await durin.policyOf(router)).toEqual([{ ...open, path: 'theirs' }]);
  });

  test('cannot be used to change the guard', async () => {
    const router = t.router({ list: guardedProcedure({ clients: ['web'], scopes: ['read'] }).query(answer) });
    const [policy] = await durin.policyOf(router);
    Object.assign(policy?.clients ?? {}, { 0: 'cli' });
    Object.assign(policy?.scopes ?? {}, { length: 0 });
    expect(await durin.policyOf(router)).toMatchObject([{ clients: ['web'], scopes: ['read'] }]);
  });
});

describe('a procedure is reached by keys', () => {
  const keyed = createDurin({
    ...requiredOptions(orm),
    scopes: ['read', 'write', 'billing'],
    clients: { web: {}, full: { keys: { fullAccess: true } }, api: { scopes: ['read', 'write'], keys: {} } },
  });
  const reachedOf = async (router: Parameters<typeof keyed.policyOf>[0]) =>
    (await keyed.policyOf(router)).filter(({ keys }) => keys).map(({ path }) => path);

  test('if each guard names scopes that a key may have', async () => {
    const { guardedProcedure: guardedBy, scopedProcedure: scoped } = keyed;
    const router = t.router({
      open: t.procedure.query(answer),
      read: scoped(['read']).query(answer),
      some: guardedBy({ anyScope: ['write', 'billing'] }).query(answer),
      both: scoped(['read'])
        .concat(scoped(['write']))
        .query(answer),
      ofKeys: guardedBy({ clients: ['api'], scopes: ['read'] }).query(answer),
      pay: scoped(['billing']).query(answer),
      onTheWeb: guardedBy({ clients: ['web'], scopes: ['read'] }).query(answer),
      ofOthers: guardedBy({ exceptClients: ['api'], scopes: ['read'] }).query(answer),
      fresh: guardedBy({ scopes: ['read'], fresh: '10m' }).query(answer),
      unnamed: guardedBy({ clients: ['api'] }).query(answer),
      oneUnnamed: scoped(['read']).concat(keyed.authedProcedure).query(answer),
      optional: keyed.optionalProcedure.query(answer),
      optionalAndScoped: keyed.optionalProcedure.concat(scoped(['read'])).query(answer),
    });
    expect(await reachedOf(router)).toEqual(['both', 'ofKeys', 'open', 'read', 'some']);
  });

  test('of the auth router if it is login or logout', async () => {
    expect(await reachedOf(keyed.durinRouter)).toEqual(['login', 'logout']);
  });
});

describe('the policies of a router', () => {
  const list = durin.scopedProcedure(['read']).query(answer);
  const inner = t.router({ list });
  const pathsOf = async (router: Parameters<typeof durin.policyOf>[0]) =>
    (await durin.policyOf(router)).map(({ path, scopes }) => `${path} ${String(scopes)}`);

  test('include nested and merged routers, sorted by path', async () => {
    const nested = t.router({ b: t.router({ c: inner, a: { list } }), Z: list });
    expect(await pathsOf(t.mergeRouters(nested, t.router({ a: list })))).toEqual([
      'Z read',
      'a read',
      'b.a.list read',
      'b.c.list read',
    ]);
  });

  test('include lazy routers, also inside of lazy ones', async () => {
    let loads = 0;
    const outer = t.router({ inner: lazy(async () => ({ inner })), list });
    const router = t.router({
      now: list,
      later: lazy(async () => {
        loads += 1;
        return outer;
      }),
      deep: { later: lazy(async () => inner) },
    });
    const paths = ['deep.later.list read', 'later.inner.list read', 'later.list read', 'now read'];
    expect(await pathsOf(router)).toEqual(paths);
    expect(await pathsOf(router)).toEqual(paths);
    expect(loads).toBe(1);
    expect(await pathsOf(t.mergeRouters(t.router({ lazily: lazy(async () => inner) }), t.router({ list })))).toEqual([
      'lazily.list read',
      'list read',
    ]);
  });

  test('fail with the error of a lazy router that cannot be loaded', async () => {
    const router = t.router({ broken: lazy(() => Promise.reject<typeof inner>(new Error('no such module'))) });
    await expect(durin.policyOf(router)).rejects.toThrow('no such module');
  });

  test('include the procedures of the auth router', async () => {
    const policies = await durin.policyOf(t.router({ auth: durin.durinRouter }));
    expect(policies.filter(({ guard }) => guard === 'open').map(({ path }) => path)).toEqual(['auth.login']);
    expect(policies.filter(({ guard }) => guard === 'optional').map(({ path }) => path)).toEqual(['auth.session']);
    expect(policies.filter(({ guard }) => guard === 'guarded')).toHaveLength(policies.length - 2);
  });

  test.each([[null], [{}], [durin.authedProcedure], ['appRouter']])('of %o are refused', async (value) => {
    await expect(durin.policyOf(value as never)).rejects.toThrow('policyOf takes a router, such as t.router({ ... })');
  });

  test('take one visit of each of a thousand procedures', async () => {
    const visits = new Map<object, number>();
    const policies = createPolicies();
    const guardsOf = (procedure: object) => {
      visits.set(procedure, (visits.get(procedure) ?? 0) + 1);
      return policies.guardsOf(procedure);
    };
    const policyOf = createPolicyOf({ guardsOf }, []);
    const builder = policies.register(
      t.procedure.use(({ next }) => next()),
      guardedPolicy,
    );
    const group = () =>
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`p${index}`, builder.query(answer)]));
    const router = t.router(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`r${index}`, group()])));
    const listed = await policyOf(router);
    expect(listed).toHaveLength(1000);
    expect(listed.every(({ guard }) => guard === 'guarded')).toBe(true);
    expect([...visits.values()]).toEqual(Array.from({ length: 1000 }, () => 1));
  });
});
