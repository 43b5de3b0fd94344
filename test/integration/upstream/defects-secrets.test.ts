import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createDurin, type EventName } from '../../../src/index.ts';
import { password, requestOf } from '../../support/app.ts';
import { mount, refusal, statementsOf, useApp } from './upstream-app.ts';

const app = useApp();

/** A value in every form that an app could log it in. */
const logged = (value: unknown) => inspect(value, { depth: 12, showHidden: true, getters: true });

/** Asserts that a text contains neither half of the token: the selector, which is stored, and the secret MAC. */
function expectNoSecret(text: string, token: string) {
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(32));
}

test('B1: get never includes an API key by default', async () => {
  const { durin, callAs, fetch } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const tokens = await Promise.all([1, 2].map((user) => durin.tokens.issue({ user, client: 'web' })));
  for (let round = 0; round < 3; round += 1) {
    for (const { token } of tokens) {
      const { apiAccess } = callAs({ token }).auth;
      const { token: key } = await apiAccess.create();
      expect(Object.keys(await apiAccess.get())).toEqual(['client', 'created', 'expiry', 'hasExpired', 'expiresIn']);
      const { text } = await fetch('auth.apiAccess.get', { token });
      expectNoSecret(text, key);
      await apiAccess.delete();
    }
  }
});

test('B2: a stolen database contains no usable token', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const rows = await app.orm.em
    .getConnection()
    .execute('select t.*, c.*, u.* from durin_auth_token t, durin_client c, app_user u');
  expect(rows.length).toBeGreaterThan(0);
  expectNoSecret(JSON.stringify(rows), token);

  const [row] = await app.tokens();
  const selector = row?.selector ?? '';
  expect(selector).toMatch(/^[0-9a-f]{32}$/);
  for (const forged of [selector, selector + selector, selector.padEnd(64, '0')]) {
    await expect(callAs({ token: forged }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  }
  const thief = mount(createDurin({ ...app.options, secret: 'a secret of somebody who stole the database' }));
  await expect(thief.callAs({ token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B3: no row, context, session, event or log contains a token', async () => {
  const { durin, callAs } = mount(app.durin());
  const names = 'loggedIn loginFailed loggedOut tokenIssued tokenRenewed tokenExpired tokenRevoked throttled'.split(
    ' ',
  );
  const events: unknown[] = [];
  for (const name of names) durin.events.on(name as EventName, (event) => events.push(event));
  let token = '';
  const statements = await statementsOf(app.orm, async () => {
    ({ token } = await callAs().auth.login({ username: 'alice', password, client: 'web' }));
    await callAs({ token }).auth.refresh();
  });
  const [row] = await app.tokens();
  const { auth } = await callAs({ token }).me();
  const ctx = durin.createContext(requestOf({ token }));
  for (const value of [row, ctx, auth, events, statements, durin]) expectNoSecret(logged(value), token);
  for (const value of [row, ctx, auth, events]) expectNoSecret(JSON.stringify(value), token);
  await callAs({ token }).auth.logout();
  const refused: unknown = await callAs({ token })
    .me()
    .catch((error: unknown) => error);
  expectNoSecret(logged(refused), token);
  expect(events).toHaveLength(5);
});

test('B4: a look-up reads and caches no password hash and no token', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const kept: unknown[] = [];
  const statements = await statementsOf(app.orm, async () => {
    kept.push(await callAs({ token }).me(), await durin.authenticate(token));
  });
  expect(statements).toHaveLength(2);
  expect(logged(statements)).not.toContain('password');
  expect(logged(kept)).not.toMatch(/password|\$argon2/i);
  expectNoSecret(logged(kept), token);
});
