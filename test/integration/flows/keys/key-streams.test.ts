import { expect, test } from 'vitest';
import type { KeyOptions } from '../../../../src/options/key-options.ts';
import { requestOf, t } from '../../../support/app.ts';
import { codeOf } from '../../../support/arena.ts';
import { useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();

/** Opens a stream with a key, from 192.0.2.1. */
async function openStream(options: KeyOptions = {}) {
  const { durin, keys } = await app.enter(options);
  const key = await keys.create({ name: 'A', scopes: ['read'] });
  const router = t.router({
    watch: durin.guardedProcedure({ scopes: ['read'] }).subscription(async function* () {
      yield 'open';
      await new Promise(() => {});
    }),
  });
  const ctx = durin.createContext(requestOf({ token: key.token, ipAddress: '192.0.2.1' }));
  const values = (await router.createCaller(ctx).watch())[Symbol.asyncIterator]();
  await values.next();
  return { durin, keys, key, last: values.next().then(() => 'an event', codeOf) };
}

test('a stream ends when its key is revoked', async () => {
  const { keys, key, last } = await openStream();
  await keys.revoke({ id: key.id });
  expect(await last).toBe('INVALID_TOKEN');
});

test('a stream ends when its key may not be used from its address any more', async () => {
  const networks = ['192.0.2.0/24'];
  const { durin, last } = await openStream({ allowedNetworks: () => networks });
  networks.splice(0, 1, '198.51.100.0/24');
  await durin.users.forget(1);
  expect(await last).toBe('NETWORK_NOT_ALLOWED');
});
