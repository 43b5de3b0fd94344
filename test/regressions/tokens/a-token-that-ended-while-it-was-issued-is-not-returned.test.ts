import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf } from '../../support/app.ts';
import { tokenRows } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const aliceId = 1;
const bobId = 2;
const sentence = 'The sessions of this user were ended while the token was issued, and the token with them.';

/** A durin with which all of a user's tokens end at the moment at which one is issued. */
function mount() {
  const durin = createDurin({ ...app.options, apiAccess: { clientName: 'api' } });
  const ends: Promise<number>[] = [];
  const endWhenIssued = (user: number) =>
    durin.events.on('tokenIssued', () => void ends.push(durin.tokens.revokeAll({ user })));
  return { durin, endWhenIssued, ended: () => Promise.all(ends) };
}

test('apiAccess.create is refused like a call of the ended session', async () => {
  const { durin, endWhenIssued, ended } = mount();
  const { token } = await durin.tokens.issue({ user: aliceId, client: 'web' });
  endWhenIssued(aliceId);
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(caller.apiAccess.create()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  expect(await ended()).toHaveLength(1);
  expect(await tokenRows(app.orm, aliceId)).toEqual([]);
});

test('durin.tokens.issue throws, and says why', async () => {
  const { durin, endWhenIssued, ended } = mount();
  endWhenIssued(aliceId);
  await expect(durin.tokens.issue({ user: aliceId, client: 'web' })).rejects.toMatchObject({
    durin: { code: 'SESSION_NOT_FOUND' },
    cause: { message: sentence },
  });
  await ended();
  expect(await tokenRows(app.orm, aliceId)).toEqual([]);
});

test('the admin’s tokens.issue is refused, says why, and reports no issue', async () => {
  const { durin, endWhenIssued, ended } = mount();
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const { token } = await durin.tokens.issue({ user: bobId, client: 'cli' });
  const actions: string[] = [];
  durin.events.on('adminAction', ({ action }) => actions.push(action));
  endWhenIssued(aliceId);
  const caller = adminRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(caller.tokens.issue({ user: aliceId, client: 'web' })).rejects.toMatchObject({
    durin: { code: 'SESSION_NOT_FOUND', fields: { user: [sentence] } },
    cause: { message: sentence },
  });
  await ended();
  expect(actions).toEqual([]);
  expect(await tokenRows(app.orm, aliceId)).toEqual([]);
});
