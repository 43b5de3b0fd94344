import { expect, test } from 'vitest';
import { requestOf, t } from '../../support/app.ts';
import { fetchOf, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** The two example views of django-rest-durin, and tokens of alice for two clients. */
async function openViews() {
  const durin = app.durin();
  const router = t.router({
    onlyWeb: durin.clientProcedure(['web']).query(({ ctx }) => ctx.auth.client.name),
    notWeb: durin.clientProcedure.except(['web']).query(({ ctx }) => ctx.auth.client.name),
  });
  const { token: web } = await durin.tokens.issue({ user: 1, client: 'web' });
  const { token: cli } = await durin.tokens.issue({ user: 1, client: 'cli' });
  const callWith = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  return { web, cli, callWith, fetch: fetchOf(durin, router) };
}

test('12: an allowed client passes', async () => {
  const { web, callWith } = await openViews();
  expect(await callWith(web).onlyWeb()).toBe('web');
});

test('13: a client that is not allowed is forbidden', async () => {
  const { cli, callWith, fetch } = await openViews();
  await expect(callWith(cli).onlyWeb()).rejects.toMatchObject({ code: 'FORBIDDEN', ...refusal('CLIENT_NOT_ALLOWED') });
  expect(await fetch('onlyWeb', { token: cli })).toMatchObject({
    status: 403,
    error: { message: 'This client may not use this procedure.' },
  });
});

test('14: a disallowed client is forbidden', async () => {
  const { web, callWith, fetch } = await openViews();
  await expect(callWith(web).notWeb()).rejects.toMatchObject({ code: 'FORBIDDEN', ...refusal('CLIENT_NOT_ALLOWED') });
  expect(await fetch('notWeb', { token: web })).toMatchObject({ status: 403 });
});

test('15: a client that is not disallowed passes', async () => {
  const { cli, callWith } = await openViews();
  expect(await callWith(cli).notWeb()).toBe('cli');
});

test('16: with allowed clients, missing credentials are unauthorized', async () => {
  const { callWith, fetch } = await openViews();
  await expect(callWith().onlyWeb()).rejects.toMatchObject(refusal('NO_CREDENTIALS'));
  expect(await fetch('onlyWeb')).toMatchObject({ status: 401 });
});

test('17: with disallowed clients, missing credentials are unauthorized', async () => {
  const { callWith, fetch } = await openViews();
  await expect(callWith().notWeb()).rejects.toMatchObject(refusal('NO_CREDENTIALS'));
  expect(await fetch('notWeb')).toMatchObject({ status: 401 });
});
