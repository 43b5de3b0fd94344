import type { ProcedurePolicy } from 'trpc-durin';
import { expect, onTestFinished, test } from 'vitest';
import { demoAdmin } from '../../../examples/quickstart/database.ts';
import { User } from '../../../examples/quickstart/entities.ts';
import { openQuickstart } from '../../support/browser/quickstart-server.ts';

test("the quickstart's admin sees who may call what", async () => {
  const quickstart = await openQuickstart();
  onTestFinished(() => quickstart.close());
  const admin = await quickstart.orm.em.fork().findOneOrFail(User, { username: demoAdmin.username });
  const { token } = await quickstart.auth.tokens.issue({ user: admin.id, client: 'admin' });
  const headers = { authorization: `Token ${token}` };
  const response = await fetch(`${quickstart.url}/trpc/admin.policy.list`, { headers });
  const { result } = (await response.json()) as { result: { data: ProcedurePolicy[] } };
  expect(result.data).toContainEqual(expect.objectContaining({ path: 'hello', guard: 'open' }));
  expect(result.data).toContainEqual(expect.objectContaining({ path: 'publish', guard: 'guarded', clients: ['web'] }));
  expect(result.data).toContainEqual(expect.objectContaining({ path: 'admin.policy.list', guard: 'guarded' }));
});
