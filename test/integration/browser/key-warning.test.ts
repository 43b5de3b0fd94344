import { expect, test, vi } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';

test('a start warns once where sessions in a cookie may create API keys', async () => {
  const app = await openApp();
  const onWarning = vi.fn<(message: string) => void>();
  const clients = { web: { transport: 'cookie' }, api: { keys: {} } } as const;
  const durin = createDurin({ ...app.options, clients, onWarning });
  await durin.tokens.issue({ user: 1, client: 'web' });
  expect(onWarning.mock.calls).toEqual([[expect.stringContaining('clients.api.keys.fresh')]]);
  await durin.close();
  await app.close();
});
