import { afterAll, beforeAll, expect, test } from 'vitest';
import { alice, bob, openSdkApp, type TestApp } from '../sdk-app.ts';
import { openStaleSession, question, refusal, refused, until, wrong } from './stale-session.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

test('a decline while the answer is verified fails the calls', async () => {
  const { asked, ask, answer, decline, isOver } = question();
  const { network, trpc, auth, calls } = await openStaleSession(app, ask);
  network.hold('auth.reauthenticate');
  const running = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  answer(alice);
  await until(() => expect(network.held).toHaveLength(1));
  decline();
  await expect(running).rejects.toMatchObject(refused(refusal));
  expect(isOver()).toBe(true);
  network.release('auth.reauthenticate'); // the password was right
  expect(await trpc.me.query()).toBe('alice');
  expect(calls()).toEqual(['erase', 'auth.reauthenticate', 'me']);
  auth.close();
});

test('a question that is declined at once leaves the next one open', async () => {
  const { asked, ask, answer } = question();
  let isFirst = true;
  const { trpc, auth } = await openStaleSession(app, (data, signal, decline) => {
    if (!isFirst) return ask(data, signal, decline);
    isFirst = false;
    decline();
    return Promise.resolve(alice);
  });
  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  const next = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  answer(alice);
  expect(await next).toBe('alice');
  auth.close();
});

test('an answer that is verified late does not close a newer question', async () => {
  const { asked, ask, answer, decline, isOver } = question();
  const { network, trpc, auth } = await openStaleSession(app, ask);
  network.hold('auth.reauthenticate');
  const first = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  answer(wrong);
  await until(() => expect(network.held).toHaveLength(1));
  decline();
  await expect(first).rejects.toMatchObject(refused(refusal));
  const second = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(2));
  network.release('auth.reauthenticate');
  const third = trpc.erase.mutate(); // joins the open question
  expect(await trpc.me.query()).toBe('alice');
  expect(isOver()).toBe(false);
  answer(alice);
  expect(await Promise.all([second, third])).toEqual(['alice', 'alice']);
  expect(asked).toHaveLength(2);
  auth.close();
});

test('a late refusal of an earlier session asks nobody', async () => {
  const { asked, ask } = question();
  const { network, trpc, auth } = await openStaleSession(app, ask);
  network.hold('erase');
  const late = trpc.erase.mutate();
  await until(() => expect(network.held).toHaveLength(1));
  await auth.login(bob);
  network.release('erase');
  await expect(late).rejects.toMatchObject(refused(refusal));
  expect(asked).toEqual([]);
  auth.close();
});

test('after the session was replaced, a wrong password asks nobody again', async () => {
  const { asked, ask, answer, isOver } = question();
  const { network, trpc, auth } = await openStaleSession(app, ask);
  network.hold('auth.reauthenticate');
  const running = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  answer(wrong);
  await until(() => expect(network.held).toHaveLength(1));
  await auth.login(bob);
  await expect(running).rejects.toMatchObject(refused(refusal));
  network.release('auth.reauthenticate');
  expect(await trpc.me.query()).toBe('bob');
  expect(asked).toEqual([refusal]);
  expect(isOver()).toBe(true);
  auth.close();
});

test('the question is over when the last call that waits is aborted', async () => {
  const { asked, ask, answer, isOver } = question();
  const isBatched = true; // so that both refusals arrive together
  const { trpc, auth, calls } = await openStaleSession(app, ask, isBatched);
  const [one, other] = [new AbortController(), new AbortController()];
  const first = trpc.erase.mutate(undefined, { signal: one.signal });
  const second = trpc.erase.mutate(undefined, { signal: other.signal });
  await until(() => expect(asked).toHaveLength(1));
  one.abort();
  await expect(first).rejects.toMatchObject(refused(refusal));
  expect(isOver()).toBe(false);
  other.abort();
  await expect(second).rejects.toMatchObject(refused(refusal));
  expect(isOver()).toBe(true);
  answer(alice);
  expect(await trpc.me.query()).toBe('alice');
  expect(calls()).toEqual(['erase,erase', 'me']);
  auth.close();
});

test('auth.close ends the question, and later refusals ask nobody', async () => {
  const { asked, ask, isOver } = question();
  const { trpc, auth } = await openStaleSession(app, ask);
  const running = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  auth.close();
  await expect(running).rejects.toMatchObject(refused(refusal));
  expect(isOver()).toBe(true);
  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  expect(asked).toHaveLength(1);
});
