import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, t } from '../../support/app.ts';
import { openGuesses, type TestApp } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

// A reset socket has no remote address any more, so the limit per address was skipped: 599 of 600 logins were judged.
test.each([
  ['has noticed', { destroyed: true }],
  ['has not noticed yet', { destroyed: false, localAddress: '127.0.0.1', remoteAddress: undefined }],
])('a login over a socket that %s its reset is refused', async (_, socket) => {
  const { callOver, attempt, verified, warnings, events } = openGuesses(app);
  const outcome = await attempt(callOver({ headers: {}, socket }), 'alice', 'right');
  expect(outcome).toBe('THROTTLED');
  expect(verified).toEqual([]);
  expect(events.of('throttled')).toMatchObject([{ scope: 'login', ipAddress: null, retryAfter: 1 }]);
  expect(warnings).toEqual([]);
});

test('a throttledProcedure refuses it as well, and no call without a limit', async () => {
  const { durin, callOver } = openGuesses(app);
  const reset = callOver({ headers: {}, socket: { destroyed: true } });
  await expect(reset.search()).rejects.toMatchObject({ durin: { code: 'THROTTLED', scope: 'search', retryAfter: 1 } });
  const open = t.router({ hello: durin.procedure.query(() => 'hello') });
  expect(
    await open.createCaller(durin.createContext({ req: { headers: {}, socket: { destroyed: true } } })).hello(),
  ).toBe('hello');
});

test('an address that a trusted proxy forwarded outlives the socket', async () => {
  const { durin } = openGuesses(app);
  const { ipAddress } = durin.createContext({
    req: { headers: {}, socket: { destroyed: true } },
    ipAddress: '192.0.2.1',
  }).durin;
  expect(ipAddress).toBe('192.0.2.1');
});

test('a Unix domain socket has no address, and is not reset', async () => {
  const { callOver, attempt, warnings } = openGuesses(app);
  expect(await attempt(callOver({ headers: {}, socket: { destroyed: false } }), 'alice', 'right')).toBe('in');
  expect(warnings).toHaveLength(1);
});

test('a login over a real socket that was reset is refused', async () => {
  const { callOver, attempt, verified } = openGuesses(app);
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
  const request = await new Promise<IncomingMessage>((done) => server.once('request', done));
  request.once('error', () => {});
  const closed = new Promise<void>((done) => request.socket.once('close', () => done()));
  client.resetAndDestroy();
  await closed;
  expect(await attempt(callOver(request), 'alice', 'right')).toBe('THROTTLED');
  expect(verified).toEqual([]);
  await new Promise((done) => server.close(done));
});
