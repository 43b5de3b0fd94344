import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf, t } from '../../support/app.ts';
import { openStreamApp, type StreamApp } from './stream-app.ts';
import { codeOf, streamBatches } from './transports.ts';

let app: StreamApp;
let batches: Awaited<ReturnType<typeof streamBatches>>;
beforeAll(async () => {
  app = await openStreamApp();
  batches = await streamBatches(app);
});
afterAll(async () => {
  await batches.close();
  await app.close();
});

test('an iterable in a streamed batch ends with the session', async () => {
  const { token, id } = await app.signIn();
  const iterator = (await batches.clientOf(token).answer.query())[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toBe('open');
  const next = iterator.next();
  await expect.poll(() => app.listeners()).toBe(1);
  app.publish('before');
  expect((await next).value).toBe('before');
  const last = iterator.next().catch(codeOf);
  await app.durin.tokens.revoke(id);
  app.publish('after');
  expect(await last).toBe('INVALID_TOKEN');
  await expect.poll(() => [app.listeners(), [...app.open]]).toEqual([0, []]);
});

test('a promise in a streamed batch is rejected when the session ends', async () => {
  const { token, id } = await app.signIn();
  const answer = await batches.clientOf(token).later.query();
  expect(answer.now).toBe('open');
  await app.durin.tokens.revoke(id);
  expect(await answer.later.catch(codeOf)).toBe('INVALID_TOKEN');
});

test('the calls of a streamed batch end together', async () => {
  const { token, id } = await app.signIn();
  const client = batches.clientOf(token);
  const [answer, values] = await Promise.all([client.later.query(), client.answer.query()]);
  const iterator = values[Symbol.asyncIterator]();
  await iterator.next();
  const last = iterator.next().catch(codeOf);
  await app.durin.tokens.revoke(id);
  expect([await answer.later.catch(codeOf), await last]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
});

test('a client that leaves a streamed batch leaves nothing', async () => {
  const { token } = await app.signIn();
  const leaving = new AbortController();
  const iterator = (await batches.clientOf(token, leaving.signal).answer.query())[Symbol.asyncIterator]();
  await iterator.next();
  await expect.poll(() => app.listeners()).toBe(1);
  leaving.abort();
  await expect.poll(() => [app.listeners(), [...app.open]]).toEqual([0, []]);
});

test('ctx.auth.ended is aborted while a mutation runs', async () => {
  const { token, id } = await app.signIn();
  const call = app.router.createCaller(app.durin.createContext(requestOf({ token }))).untilEnded();
  await expect.poll(() => [...app.open]).toEqual(['untilEnded']);
  await app.durin.tokens.revoke(id);
  expect(await call).toBe('INVALID_TOKEN');
});

test('a server-side caller gets what a procedure returned, with its methods', async () => {
  const { token } = await app.signIn();
  const router = t.router({ file: app.durin.authedProcedure.query(() => new Blob(['a file']).stream()) });
  const file = await router.createCaller(app.durin.createContext(requestOf({ token }))).file();
  expect((await file.getReader().read()).value).toEqual(new TextEncoder().encode('a file'));
});

test('durin.close() ends what is open', async () => {
  const other = await openStreamApp();
  const { token } = await other.signIn();
  const values = await other.router.createCaller(other.durin.createContext(requestOf({ token }))).generator();
  const iterator = values[Symbol.asyncIterator]();
  await iterator.next();
  const last = iterator.next().catch(codeOf);
  const startedAt = performance.now();
  await other.close();
  expect(await last).toBe('STORE_UNAVAILABLE');
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
