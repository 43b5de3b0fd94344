import type { EntityManager } from '@mikro-orm/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { settle } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
  await app.orm.em.fork().nativeUpdate(User, { username: 'bob' }, { isActive: false });
});
afterAll(() => app.close());

type Verify = (args: { em: EntityManager; input: { username: string } }) => unknown;

test.each<[string, Verify]>([
  ['without isActive', ({ em, input }) => em.findOne(User, { username: input.username }, { fields: ['id'] })],
  ['as a reference', ({ em, input }) => em.getReference(User, input.username === 'bob' ? 2 : 1)],
])('a user that verifyCredentials gives %s', async (_, verifyCredentials) => {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, verifyCredentials: verifyCredentials as never });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = (username: string) => auth.login({ username, password: 'right', client: 'web' });
  expect((await settle([login('alice')])).values).toHaveLength(1);
  expect(await settle([login('bob')])).toEqual({ values: [], codes: { INVALID_CREDENTIALS: 1 } });
});
