import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurinClient, type DurinErrorData } from '../../../../client/index.ts';
import { type AppRouter, alice, bob, openSdkApp, type TestApp, transformer, url } from '../sdk-app.ts';
import { type Ask, openStaleSession, question, refusal, refused, until, wrong } from './stale-session.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

/** Opens a client with a session that is not fresh. */
const open = (onReauthenticate?: Ask) => openStaleSession(app, onReauthenticate);

test('a refused call waits for the user, and is then sent again', async () => {
  const ask = vi.fn<Ask>(async () => alice);
  const { trpc, auth, calls } = await open(ask);
  expect(await trpc.erase.mutate()).toBe('alice');
  expect(ask.mock.calls.map(([data]) => data)).toEqual([refusal]);
  expect(calls()).toEqual(['erase', 'auth.reauthenticate', 'erase']);
  expect(await trpc.erase.mutate()).toBe('alice'); // and the session stays fresh
  expect(ask).toHaveBeenCalledTimes(1);
  auth.close();
});

test('without the option, the call fails and the session goes on', async () => {
  const { trpc, auth } = await open();
  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  expect(auth.getSnapshot().status).toBe('signed-in');
  expect(await trpc.me.query()).toBe('alice');
  auth.close();
});

test('any number of calls in flight ask once', async () => {
  const { asked, ask, answer } = question();
  const { trpc, auth, calls } = await open(ask);
  const running = [trpc.erase.mutate(), trpc.secrets.query(), trpc.erase.mutate(), trpc.me.query()];
  await until(() => expect(calls()).toHaveLength(4));
  await until(() => expect(asked).toHaveLength(1));
  running.push(trpc.secrets.query()); // refused while the question is open
  await until(() => expect(calls()).toHaveLength(5));
  answer(alice);
  expect(await Promise.all(running)).toEqual(['alice', 'secrets of alice', 'alice', 'alice', 'secrets of alice']);
  expect(asked).toHaveLength(1);
  expect(calls().filter((call) => call === 'erase')).toHaveLength(4);
  expect(calls().filter((call) => call === 'me')).toHaveLength(1);
  auth.close();
});

test('a refusal that arrives after the answer asks nobody again', async () => {
  const ask = vi.fn<Ask>(async () => alice);
  const { network, trpc, auth } = await open(ask);
  network.hold('secrets');
  const late = trpc.secrets.query();
  await until(() => expect(network.held).toHaveLength(1));
  expect(await trpc.erase.mutate()).toBe('alice');
  network.release('secrets');
  expect(await late).toBe('secrets of alice');
  expect(ask).toHaveBeenCalledTimes(1);
  auth.close();
});

test('null gives every call its own refusal, and the session goes on', async () => {
  const { asked, ask, answer } = question();
  const { trpc, auth, calls } = await open(ask);
  const running = Promise.allSettled([trpc.erase.mutate(), trpc.secrets.query()]);
  await until(() => expect(asked).toHaveLength(1));
  await until(() => expect(calls()).toHaveLength(2));
  answer(null);
  expect(await running).toMatchObject([{ reason: refused(refusal) }, { reason: refused({ ...refusal, maxAge: 300 }) }]);
  expect(calls()).toEqual(['erase', 'secrets']);
  expect(auth.getSnapshot().status).toBe('signed-in');
  const again = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(2)); // a later call asks anew
  answer(alice);
  expect(await again).toBe('alice');
  auth.close();
});

test('after a wrong password the user is asked again', async () => {
  const answers = [wrong, bob, alice];
  const asked: DurinErrorData[] = [];
  const { trpc, auth, calls } = await open(async (data) => {
    asked.push(data);
    return answers.shift() ?? null;
  });
  expect(await trpc.erase.mutate()).toBe('alice');
  expect(asked).toEqual([refusal, { code: 'INVALID_CREDENTIALS' }, { code: 'INVALID_CREDENTIALS' }]);
  expect(calls().filter((call) => call === 'erase')).toHaveLength(2);
  expect(auth.getSnapshot().status).toBe('signed-in');
  auth.close();
});

test('a call is sent again once, whatever the answer is', async () => {
  const ask = vi.fn<Ask>(async () => alice);
  const { network, trpc, auth, calls } = await open(ask);
  network.hold('auth.reauthenticate');
  const running = trpc.erase.mutate().catch((error: unknown) => error);
  await until(() => expect(network.held).toHaveLength(1));
  app.clock.advance(3600); // the proof is too old by the time it arrives
  network.release('auth.reauthenticate');
  expect(await running).toMatchObject(refused(refusal));
  expect(calls()).toEqual(['erase', 'auth.reauthenticate', 'erase']);
  expect(ask).toHaveBeenCalledTimes(1);
  auth.close();
});

test('a reauthentication that fails otherwise fails the calls with it', async () => {
  const { network, trpc, auth } = await open(async () => {
    network.breakDown(true);
    return alice;
  });
  await expect(trpc.erase.mutate()).rejects.toThrow('fetch failed');
  expect(auth.getSnapshot().status).toBe('signed-in');
  auth.close();
});

test('a session that is revoked while the user is asked ends', async () => {
  const { trpc, auth } = await open(async () => {
    await app.durin.tokens.revokeAll({ user: 1 });
    return alice;
  });
  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  auth.close();
});

test.each<[string, (auth: Awaited<ReturnType<typeof open>>['auth']) => Promise<unknown>]>([
  ['logout', (auth) => auth.logout()],
  ['a login of another user', (auth) => auth.login(bob)],
])('%s ends the waiting at once, and the answer is not sent', async (_, end) => {
  const { asked, ask, answer } = question();
  const { trpc, auth, calls } = await open(ask);
  const running = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(1));
  await end(auth);
  await expect(running).rejects.toMatchObject(refused(refusal));
  answer(alice);
  await trpc.hello.query();
  expect(calls()).not.toContain('auth.reauthenticate');
  expect(calls().filter((call) => call === 'erase')).toHaveLength(1);
  auth.close();
});

test('the next user is asked for a session of their own', async () => {
  const { asked, ask, answer } = question();
  const { trpc, auth } = await open(ask);
  const first = trpc.erase.mutate().catch(() => 'refused');
  await until(() => expect(asked).toHaveLength(1));
  await auth.login(bob); // and the dialog for alice stays open
  app.clock.advance(3600);
  const second = trpc.erase.mutate();
  await until(() => expect(asked).toHaveLength(2));
  answer(bob);
  expect([await first, await second]).toEqual(['refused', 'bob']);
  auth.close();
});

test('what the callback throws fails the calls', async () => {
  const { trpc, auth } = await open(async () => {
    throw new Error('The dialog cannot be shown.');
  });
  await expect(trpc.erase.mutate()).rejects.toThrow('The dialog cannot be shown.');
  auth.close();
});

test('the app may ask by itself, with auth.reauthenticate', async () => {
  const { trpc, auth } = await open();
  await expect(auth.reauthenticate(wrong)).rejects.toMatchObject(refused({ code: 'INVALID_CREDENTIALS' }));
  expect(auth.getSnapshot().status).toBe('signed-in');
  await auth.reauthenticate(alice);
  expect(await trpc.erase.mutate()).toBe('alice');
  auth.close();
});

test('calls of one batch are sent again in one batch', async () => {
  const network = app.connect();
  const onReauthenticate = vi.fn<Ask>(async () => alice);
  const options = { url, transformer, path: 'auth', client: 'web', fetch: network.fetch } as const;
  const { trpc, auth } = createDurinClient<AppRouter>({ ...options, onReauthenticate });
  await auth.login(alice);
  app.clock.advance(3600);
  network.seen.length = 0;
  expect(await Promise.all([trpc.erase.mutate(), trpc.save.mutate(), trpc.erase.mutate()])).toEqual([
    'alice',
    'alice',
    'alice',
  ]);
  expect(network.seen.map(({ calls }) => calls)).toEqual(['erase,save,erase', 'auth.reauthenticate', 'erase,erase']);
  expect(onReauthenticate).toHaveBeenCalledTimes(1);
  auth.close();
});
