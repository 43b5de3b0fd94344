import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AuditedApp, inWords, openAuditedApp } from '../../support/audit/audited-app.ts';

let app: AuditedApp;
beforeAll(async () => {
  app = await openAuditedApp();
});
afterAll(() => app.close());

const day = 86_400;

/** The token of a new user. */
async function enter(client: 'web' | 'api', ttl?: '1m') {
  const user = await app.addUser();
  return app.durin.tokens.issue({ user, client, ...(ttl && { ttl }) });
}

test('a session that expires in an open call is ended by the server', async () => {
  const sessions = [await enter('web', '1m'), await enter('web', '1m')];
  app.clock.advance(59.9);
  const changes = await app.changesOf(async () => {
    const calls = sessions.map(({ token }) => app.callAs({ token }).untilItEnds());
    await vi.waitFor(() => expect(app.waiting).toHaveLength(2)); // the timer is of the first of the two
    app.clock.advance(1);
    expect(await Promise.all(calls)).toEqual(['TOKEN_EXPIRED', 'TOKEN_EXPIRED']);
  });
  expect(changes.map(inWords)).toEqual(['expired of web by server', 'expired of web by server']);
});

test('keys that expire soon are announced by the server, whoever flushes', async () => {
  await enter('api');
  app.clock.advance(29 * day);
  const { token } = await enter('web');
  const changes = await app.changesOf(() => app.callAs({ token }).flush());
  expect(changes.map(inWords)).toEqual(['warned of api by server']);
});
