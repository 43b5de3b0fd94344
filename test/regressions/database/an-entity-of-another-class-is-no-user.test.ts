import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { Organization, type User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let organization: User;
beforeAll(async () => {
  app = await openApp();
  organization = (await app.orm.em.fork().findOneOrFail(Organization, 1)) as never; // as an app might by mistake
});
afterAll(() => app.close());

test('an entity of another class does not sign in as the user with its key', async () => {
  const { durin } = app;
  const ctx = durin.createContext(requestOf());
  const refusal = 'user must be a User, and is a Organization';
  await expect(durin.signIn({ user: organization, client: 'web', ctx })).rejects.toThrow(refusal);
  await expect(durin.tokens.issue({ user: organization, client: 'web' })).rejects.toThrow(refusal);
  await expect(durin.tokens.revokeAll({ user: organization })).rejects.toThrow(refusal);

  const mistaken = createDurin({ ...app.options, verifyCredentials: () => organization });
  const caller = t.router({ auth: mistaken.durinRouter }).createCaller(mistaken.createContext(requestOf()));
  const login = caller.auth.login({ username: 'alice', password, client: 'web' });
  await expect(login).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
});

test.each([[true], [Number.NaN], [() => 1], [Symbol('1')]])('%s is no key of a user', async (key) => {
  const refusal = 'user must be a User that is stored, or its id';
  await expect(app.durin.tokens.issue({ user: key as never, client: 'web' })).rejects.toThrow(refusal);
});
