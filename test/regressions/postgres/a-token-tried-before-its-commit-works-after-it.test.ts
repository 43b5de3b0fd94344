import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

// A cache remembers for some seconds that a token has no session. A transaction may issue that token meanwhile.
test('a token that was tried before its transaction committed works after it', async () => {
  const durin = createDurin({ ...app.options, cache: { ttl: '60s' } });
  const { promise: tried, resolve: commit } = Promise.withResolvers<void>();
  const { promise: issued, resolve: give } = Promise.withResolvers<string>();
  const transaction = app.orm.em.fork().transactional(async () => {
    give((await durin.tokens.issue({ user: 1, client: 'cli' })).token);
    await tried;
  });
  const token = await issued;
  expect(await durin.authenticate(token).catch(codeOf)).toBe('INVALID_TOKEN');
  commit();
  await transaction;
  expect(await durin.authenticate(token)).toMatchObject({ client: { name: 'cli' } });
  await durin.close();
});
