import { expect, test } from 'vitest';
import { refusal, useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();
const issueWith =
  ({ durin }: Awaited<ReturnType<typeof app.enter>>) =>
  (options: Partial<Parameters<typeof durin.tokens.issue>[0]>) =>
    durin.tokens.issue({ user: 1, client: 'api', ...options });

test('a key that the server issues replaces nothing, up to max', async () => {
  const issue = issueWith(await app.enter({ max: 2 }));
  expect((await issue({ name: 'A' })).ended).toEqual([]);
  await expect(issue({ name: 'a' })).rejects.toMatchObject(refusal('KEY_NAME_TAKEN'));
  expect((await issue({})).ended).toEqual([]);
  await expect(issue({})).rejects.toMatchObject(refusal('KEY_LIMIT'));
});

test('it lives as long as keys.ttl, unless it was issued with a lifetime', async () => {
  const issue = issueWith(await app.enter({ ttl: '90d', maxTtl: '90d' }));
  expect((await issue({})).auth.expiresIn).toBe('90 days');
  expect((await issue({ ttl: '1h' })).auth.expiresIn).toBe('1 hour');
  expect((await issue({ ttl: null })).auth.expiresIn).toBe('never');
});

test('atLimit is a mistake where no key ends for another one', async () => {
  const issue = issueWith(await app.enter());
  await expect(issue({ atLimit: 'refuse' })).rejects.toThrow("atLimit: the client 'api' has keys");
});
