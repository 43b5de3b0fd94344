import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
  await app.durin.clients.create({ name: 'kiosk' });
});
afterAll(() => app.close());

/** What a procedure for all clients but `web` answers to a session of this client. */
async function callAs(durin: typeof app.durin, client: string): Promise<string> {
  const router = t.router({ deploy: durin.clientProcedure.except(['web']).query(({ ctx }) => ctx.auth.client.name) });
  const { token } = await durin.tokens.issue({ user: 1, client: client as 'cli' });
  const caller = router.createCaller(durin.createContext(requestOf({ token })));
  return caller.deploy().catch((error: { durin: { code: string } }) => error.durin.code);
}

// `ctx.auth.client.name` is typed as one of the other clients of the option.
test('with the option clients, only its other clients pass', async () => {
  expect(await callAs(app.durin, 'cli')).toBe('cli');
  expect(await callAs(app.durin, 'web')).toBe('CLIENT_NOT_ALLOWED');
  expect(await callAs(app.durin, 'kiosk')).toBe('CLIENT_NOT_ALLOWED');
});

test('without it, every client but the named ones passes', async () => {
  const { clients: _, ...options } = app.options;
  const durin = createDurin(options);
  expect(await callAs(durin as never, 'kiosk')).toBe('kiosk');
  expect(await callAs(durin as never, 'web')).toBe('CLIENT_NOT_ALLOWED');
});

test('a guard for any client lets in one that was created at run time', async () => {
  const { durin } = app;
  const router = t.router({ me: durin.authedProcedure.query(({ ctx }) => ctx.auth.client.name) });
  const { token } = await durin.tokens.issue({ user: 1, client: 'kiosk' as 'cli' });
  expect(await router.createCaller(durin.createContext(requestOf({ token }))).me()).toBe('kiosk');
});
