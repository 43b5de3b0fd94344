import { expect, onTestFinished, test } from 'vitest';
import { demoAdmin, demoUser } from '../../../examples/quickstart/database.ts';
import { takeTour } from '../../../examples/quickstart/tour.ts';
import { requestOf } from '../../support/app.ts';
import { openQuickstart } from '../../support/browser/quickstart-server.ts';

test("the quickstart's admin sees the calls of the tour, and what it changed", async () => {
  const { url, auth, router, close } = await openQuickstart();
  onTestFinished(close);
  expect(await takeTour(url)).toBe(true);
  await auth.flush();
  const { username, password } = demoAdmin;
  const callAs = (token?: string) => router.createCaller(auth.createContext(requestOf({ token })));
  const { token } = await callAs().auth.login({ username, password, client: 'admin' });
  const { admin } = callAs(token);

  const [byClient, users, audit] = [
    await admin.usage.callsByClient(),
    await admin.usage.activeUsers(),
    await admin.audit.list({ client: 'web' }),
  ];
  expect(byClient?.map(({ client }) => client).toSorted()).toEqual(['api', 'cli', 'web']);
  expect(users?.map(({ user }) => user.label)).toEqual([demoUser.username]);
  const changes = audit?.items.map(({ action, reason }) => (reason === null ? action : `${action} (${reason})`));
  expect(changes?.toReversed()).toEqual([
    'client-created',
    'issued',
    'renewed',
    'issued',
    'revoked (revoked)',
    'revoked (logout)',
  ]);
});
