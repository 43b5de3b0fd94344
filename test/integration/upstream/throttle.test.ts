import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** The example of django-rest-durin: two calls a minute, unless the client has a rate of its own. */
const openThrottled = () => mount(createDurin({ ...app.options, throttle: { rate: '2/m' } }));

test('47: a token is refused from its expiry, even if just used', async () => {
  const { durin, callAs, fetch } = mount(app.durin());
  await durin.tokens.issue({ user: 1, client: 'web' });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web', ttl: '1s' });
  expect(await callAs({ token }).me()).toMatchObject({ user: { username: 'alice' } });
  app.clock.advance(1);
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('TOKEN_EXPIRED'));
  app.clock.advance(2);
  expect(await fetch('me', { token })).toMatchObject({ status: 401 });
});

test('48: with a default rate of 2/m the third call is refused', async () => {
  const { durin, fetch } = openThrottled();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (const status of [200, 200, 429]) expect(await fetch('me', { token })).toMatchObject({ status });
  expect(await fetch('me', { token })).toMatchObject({
    error: {
      message: 'Request was throttled.',
      data: { durin: { code: 'THROTTLED', retryAfter: 60, scope: 'client' } },
    },
  });
  app.clock.advance(60);
  expect(await fetch('me', { token })).toMatchObject({ status: 200 });
});

test('49: with a client rate of 5/m the sixth call is refused', async () => {
  const clients = { bot: { throttleRate: '5/m' } } as const;
  const { durin, fetch } = mount(createDurin({ ...app.options, clients, throttle: { rate: '2/m' } }));
  await durin.clients.sync();
  const { token } = await durin.tokens.issue({ user: 1, client: 'bot' });
  for (const status of [200, 200, 200, 200, 200, 429]) expect(await fetch('me', { token })).toMatchObject({ status });
});

test('50: calls without a token stay unauthorized and unthrottled', async () => {
  const { fetch } = openThrottled();
  for (let call = 0; call < 5; call += 1) expect(await fetch('me')).toMatchObject({ status: 401 });
});

test('observed: there is one bucket per user and client', async () => {
  const { durin, callAs } = openThrottled();
  for (const user of [1, 2]) {
    for (const client of ['web', 'cli'] as const) {
      const { token } = await durin.tokens.issue({ user, client });
      await callAs({ token }).me();
      await callAs({ token }).me();
      await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('THROTTLED'));
    }
  }
});

test('observed: a new token does not reset the bucket', async () => {
  const { durin, callAs } = openThrottled();
  const { token: first } = await durin.tokens.issue({ user: 1, client: 'web' });
  await callAs({ token: first }).me();
  await callAs({ token: first }).me();
  const { token: second } = await durin.tokens.issue({ user: 1, client: 'web', ttl: day });
  expect(second).not.toBe(first);
  await expect(callAs({ token: second }).me()).rejects.toMatchObject(refusal('THROTTLED'));
});
