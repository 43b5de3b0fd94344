import { SpanStatusCode } from '@opentelemetry/api';
import { Keyv } from 'keyv';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDurin, DurinUsageError } from '../../../src/index.ts';
import { instrumentDurin } from '../../../src/opentelemetry/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { FakeBusNetwork } from '../../support/cache/cache-parts.ts';
import { createTelemetryProbe } from '../../support/health/telemetry-probe.ts';
import { createWire } from '../../support/wire.ts';

let app: Awaited<ReturnType<typeof openApp>>;
const opened: (() => Promise<void>)[] = [];
let probe: ReturnType<typeof createTelemetryProbe>;
beforeEach(async () => {
  app = await openApp();
  probe = createTelemetryProbe();
});
afterEach(async () => {
  await probe.close();
  for (const close of [app.durin.close, ...opened.splice(0)]) await close();
  await app.close();
});

/** An instrumented durin with a cache in memory, and a router that it guards. */
async function open(options: object = {}) {
  const durin = createDurin({ ...app.options, cache: { ttl: '60s' }, ...options });
  opened.push(durin.close);
  const stop = instrumentDurin(durin, probe.providers);
  const { authedProcedure, clientProcedure, throttledProcedure } = durin;
  const router = t.router({
    auth: durin.durinRouter,
    me: authedProcedure.query(({ ctx }) => ctx.user.username),
    forCli: clientProcedure(['cli']).query(() => null),
    limited: throttledProcedure({ scope: 'search', rate: '1/m' }).query(() => null),
    ticks: authedProcedure.subscription(async function* ticks() {
      yield 1;
      await new Promise(() => {});
    }),
  });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const login = (given = password) => callAs().auth.login({ username: 'alice', password: given, client: 'web' });
  return { durin, stop, router, callAs, login };
}

const own = { 'db.namespace': expect.any(String) as string };

test('a login and a guarded call are a span each', async () => {
  const { callAs, login } = await open();
  const { token } = await login();
  await callAs(token ?? '').me();
  const [first, second, ...others] = probe.spans();
  expect(first).toEqual({ name: 'durin.login', attributes: {}, status: SpanStatusCode.UNSET });
  expect(second).toEqual({ name: 'durin.authenticate', attributes: {}, status: SpanStatusCode.UNSET });
  expect(others).toEqual([]);
});

test('a session in memory takes no span', async () => {
  const { callAs, login } = await open();
  const { token } = await login();
  for (let call = 0; call < 3; call += 1) await callAs(token ?? '').me();
  expect(probe.spans().map(({ name }) => name)).toEqual(['durin.login', 'durin.authenticate']);
});

test.each([
  ['no cache', undefined],
  ['a store', () => ({ ttl: '60s', store: new Keyv() })],
  ['a store and a bus', () => ({ ttl: '60s', store: new Keyv(), bus: new FakeBusNetwork().join() })],
])('with %s, a look-up is one span', async (_, cache) => {
  const { durin, callAs } = await open({ cache: cache?.() });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await callAs(token).me();
  expect(probe.spans()).toEqual([{ name: 'durin.authenticate', attributes: {}, status: SpanStatusCode.UNSET }]);
});

test('a look-up and its refusal are one span of a request', async () => {
  const { durin, router } = await open();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web', ttl: '1m' });
  app.clock.advance(61);
  expect(await createWire(router, durin).call('me', { token })).toMatchObject({ status: 401 });
  expect(probe.spans()).toEqual([
    { name: 'durin.authenticate', attributes: { 'error.type': 'TOKEN_EXPIRED' }, status: SpanStatusCode.UNSET },
  ]);
});

test('the span of a refusal has its code, and is no error', async () => {
  const { callAs, login } = await open();
  expect(await login('wrong').catch(codeOf)).toBe('INVALID_CREDENTIALS');
  expect(await callAs('ab'.repeat(32)).me().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(probe.spans()).toEqual([
    { name: 'durin.login', attributes: { 'error.type': 'INVALID_CREDENTIALS' }, status: SpanStatusCode.UNSET },
    { name: 'durin.authenticate', attributes: { 'error.type': 'INVALID_TOKEN' }, status: SpanStatusCode.UNSET },
  ]);
});

test('a failure of the server is an error, without its message', async () => {
  const failures = [
    new Error('select secret_column failed'),
    Object.assign(new Error('away'), { code: 'ECONNREFUSED' }),
  ];
  const { login } = await open({ verifyCredentials: () => Promise.reject(failures.shift() ?? new Error()) });
  await login().catch(() => undefined);
  expect(await login().catch(codeOf)).toBe('STORE_UNAVAILABLE');
  const [unexpected, unavailable] = probe.allSpans();
  expect(unexpected?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(unexpected?.attributes).toEqual({ 'error.type': 'TRPCError' });
  expect(unexpected?.events).toEqual([]);
  expect(unavailable?.attributes).toEqual({ 'error.type': 'STORE_UNAVAILABLE' });
  expect(unavailable?.status.code).toBe(SpanStatusCode.ERROR);
  expect(await probe.valuesOf('durin.refusals')).toEqual([
    { value: 1, attributes: { ...own, 'error.type': 'STORE_UNAVAILABLE' } },
  ]);
});

test('look-ups are counted by what answered them', async () => {
  const { callAs, login } = await open();
  const { token } = await login();
  for (let call = 0; call < 4; call += 1) await callAs(token ?? '').me();
  expect(await probe.valuesOf('durin.lookups')).toEqual([
    { value: 3, attributes: { ...own, 'durin.lookup.source': 'memory' } },
    { value: 0, attributes: { ...own, 'durin.lookup.source': 'store' } },
    { value: 1, attributes: { ...own, 'durin.lookup.source': 'database' } },
  ]);
});

test('refusals are counted once each, by code', async () => {
  const { durin, callAs, login } = await open();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await callAs().me().catch(codeOf);
  await callAs('ab'.repeat(32)).me().catch(codeOf);
  await callAs(token).forCli().catch(codeOf);
  await callAs(token).limited();
  await callAs(token).limited().catch(codeOf);
  await login('wrong').catch(codeOf);
  await durin.authenticate('ab'.repeat(32)).catch(codeOf);
  const refusals = await probe.valuesOf('durin.refusals');
  const counts = Object.fromEntries(refusals.map(({ value, attributes }) => [attributes['error.type'], value]));
  expect(counts).toEqual({
    NO_CREDENTIALS: 1,
    INVALID_TOKEN: 2,
    CLIENT_NOT_ALLOWED: 1,
    THROTTLED: 1,
    INVALID_CREDENTIALS: 1,
  });
  expect(await probe.valuesOf('durin.throttled_calls')).toEqual([
    { value: 1, attributes: { ...own, 'durin.throttle.scope': 'search' } },
  ]);
});

test('credentials that were refused count, though session answers null', async () => {
  const { callAs } = await open();
  expect(await callAs('ab'.repeat(32)).auth.session()).toBeNull();
  expect(await probe.valuesOf('durin.refusals')).toEqual([
    { value: 1, attributes: { ...own, 'error.type': 'INVALID_TOKEN' } },
  ]);
});

test('open streams and the parts that work are seen', async () => {
  const { durin, callAs } = await open();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const ticks = (await callAs(token).ticks())[Symbol.asyncIterator]();
  await ticks.next();
  const streams = () => probe.valuesOf('durin.streams.open');
  expect(await streams()).toEqual([{ value: 1, attributes: own }]);
  await durin.tokens.revokeAll({ user: 1 });
  await ticks.next().catch(() => undefined);
  expect(await streams()).toEqual([{ value: 0, attributes: own }]);
  expect(await probe.valuesOf('durin.part.available')).toEqual([
    { value: 1, attributes: { ...own, 'durin.part': 'database' } },
  ]);
});

test('every metric has a unit', async () => {
  const { callAs } = await open();
  await callAs().me().catch(codeOf);
  await callAs().limited();
  await callAs().limited().catch(codeOf);
  expect(await probe.descriptors()).toEqual({
    'durin.refusals': '{refusal}',
    'durin.throttled_calls': '{call}',
    'durin.lookups': '{lookup}',
    'durin.streams.open': '{stream}',
    'durin.part.available': '1',
  });
});

test('no telemetry contains a token or the name of a user', async () => {
  const { callAs, login } = await open();
  const { token } = await login();
  await callAs(token ?? '').me();
  await callAs(`${token}x`).me().catch(codeOf);
  const metrics = await Promise.all(Object.keys(await probe.descriptors()).map(probe.valuesOf));
  const everything = JSON.stringify([probe.spans(), metrics]);
  for (const secret of [token ?? '', (token ?? '').slice(0, 12), password, 'alice', '127.0.0.1'])
    expect(everything).not.toContain(secret);
});

test('the function that it returns ends it, and it may begin again', async () => {
  const { durin, stop, callAs } = await open();
  stop();
  await callAs('ab'.repeat(32)).me().catch(codeOf);
  expect(probe.spans()).toEqual([]);
  expect(await probe.descriptors()).toEqual({});
  instrumentDurin(durin, probe.providers)();
});

test('closing the durin ends it', async () => {
  const { durin } = await open();
  await durin.close();
  expect(await probe.descriptors()).toEqual({});
});

test('the end of one does not end the next one', async () => {
  const { durin, stop, callAs } = await open();
  stop();
  const stopNext = instrumentDurin(durin, probe.providers);
  stop();
  await callAs('ab'.repeat(32)).me().catch(codeOf);
  expect(probe.spans()).toHaveLength(1);
  stopNext();
});

test('without an SDK, calls work as before', async () => {
  const { durin, stop, login } = await open();
  stop();
  const stopAgain = instrumentDurin(durin);
  expect(await login()).toMatchObject({ token: expect.any(String) as string });
  stopAgain();
});

const refused = (message: string) => new DurinUsageError(`instrumentDurin: ${message}`);

test('a wrong argument is named', async () => {
  const { durin } = await open();
  expect(() => instrumentDurin({} as never)).toThrow(refused('durin must be what createDurin returns'));
  expect(() => instrumentDurin(durin)).toThrow(refused('this durin is instrumented already'));
  expect(() => instrumentDurin(durin, { tracer: null } as never)).toThrow(refused("unknown option 'tracer'"));
});
