import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** Calls `login` of a durin whose callbacks read headers. */
function callAs(headers: Record<string, string>) {
  const durin = createDurin({
    ...app.options,
    resolveClient: ({ ctx }) => ctx.durin.header('X-Client'),
    async verifyCredentials({ input, em, ctx }) {
      return ctx.durin.header('x-region') === 'eu' ? app.options.verifyCredentials({ input, em }) : null;
    },
    loginResponse: ({ ctx }) => ({ trace: ctx.durin.header('x-trace') }),
  });
  const { createCaller } = t.router({ auth: durin.durinRouter });
  return createCaller(durin.createContext({ req: { headers }, ipAddress: '127.0.0.1' })).auth;
}

const alice = { username: 'alice', password };

test('verifyCredentials, resolveClient and loginResponse read headers', async () => {
  const { token, trace } = await callAs({ 'x-client': 'cli', 'x-region': 'eu', 'x-trace': '7' }).login(alice);
  expect(trace).toBe('7');
  expect((await app.durin.authenticate(token)).client.name).toBe('cli');
  await expect(callAs({ 'x-client': 'cli' }).login(alice)).rejects.toMatchObject({
    durin: { code: 'INVALID_CREDENTIALS' },
  });
});

test.each([
  ['no client', {}, 'NO_CLIENT'],
  ['an unknown client', { 'x-client': 'kiosk' }, 'UNKNOWN_CLIENT'],
])('a header with %s is refused', async (_, headers, code) => {
  await expect(callAs({ ...headers, 'x-region': 'eu' }).login(alice)).rejects.toMatchObject({ durin: { code } });
});

test('a callback that reads the token fails with an internal error', async () => {
  const durin = createDurin({ ...app.options, resolveClient: ({ ctx }) => ctx.durin.header('authorization') });
  const caller = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext());
  await expect(caller.auth.login(alice)).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    cause: { message: "ctx.durin.header does not return 'authorization', which holds credentials" },
  });
});
