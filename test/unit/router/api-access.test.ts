import { expect, test } from 'vitest';
import { type ApiAccessDeps, createApiAccess } from '../../../src/router/api-access.ts';
import type { RouterProcedures } from '../../../src/router/router-procedures.ts';
import { t } from '../../../src/trpc/base-procedure.ts';

test('a key that ends while it is read is not returned', async () => {
  const row = { id: '1', selector: 'aa', clientName: 'api', createdAt: new Date(0), expiresAt: null };
  const sessionProcedure = t.procedure.use(({ next }) => next({ ctx: { session: { userId: 1 } } }));
  const { get } = createApiAccess(
    { sessionProcedure, changingSessionProcedure: sessionProcedure } as unknown as RouterProcedures,
    {
      store: { findOf: async () => row, findBySelector: async () => null },
      codec: { tokenOf: () => 'a token' },
      scopes: { all: ['read'] },
      apiClientName: 'api',
      includesToken: true,
      freshSeconds: null,
      now: () => 0,
    } as unknown as ApiAccessDeps,
  );
  const caller = t.router({ get }).createCaller({} as never);
  await expect(caller.get()).rejects.toMatchObject({ durin: { code: 'API_ACCESS_NOT_FOUND' } });
});
