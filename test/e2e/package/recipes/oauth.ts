import assert from 'node:assert/strict';
import { importSample, openRecipe, refusalOf } from './open-recipe.ts';
import { createProvider } from './provider.ts';

type Tab = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
interface Page {
  start(storage: Tab): Promise<string>;
  finish(url: string, storage: Tab): Promise<{ status: string }>;
}

const { answer, consent } = createProvider();
const { orm, User } = await openRecipe('oauth.ts', ['OAuthFlow', 'OAuthAccount'], answer);
const { start, finish } = await importSample<Page>('oauth-page.ts');

function openTab(): Tab {
  const values = new Map<string, string>();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  };
}
const usersWithoutAlice = () => orm.em.fork().count(User, { username: { $ne: 'alice@example.com' } });

const tab = openTab();
const url = consent(await start(tab), 'subject-1');
assert.equal((await finish(url, tab)).status, 'signed-in');
assert.equal(await usersWithoutAlice(), 1);
assert.equal(await refusalOf(finish(url, tab)), 'UNAUTHORIZED');

assert.equal((await finish(consent(await start(tab), 'subject-1'), tab)).status, 'signed-in');
assert.equal(await usersWithoutAlice(), 1);

const tabs = [openTab(), openTab()];
const atOnce = tabs.map(async (each) => finish(consent(await start(each), 'subject-0'), each));
assert.deepEqual(
  (await Promise.all(atOnce)).map(({ status }) => status),
  ['signed-in', 'signed-in'],
);
assert.equal(await usersWithoutAlice(), 2);

await orm.em
  .getConnection()
  .execute("update oauth_account set issuer = 'https://other.example.com' where subject = 'subject-0'");
assert.equal((await finish(consent(await start(tab), 'subject-0'), tab)).status, 'signed-in');
assert.equal(await usersWithoutAlice(), 3); // the same subject at another issuer is another person

const attacker = openTab();
const forged = consent(await start(attacker), 'subject-2');
await start(tab);
assert.equal(await refusalOf(finish(forged, tab)), 'UNAUTHORIZED');

assert.equal(
  await refusalOf(finish(consent(await start(tab), 'subject-1', { nonce: 'another' }), tab)),
  'UNAUTHORIZED',
);
const withAnotherVerifier = consent(await start(tab), 'subject-1', { challenge: 'another' });
assert.equal(await refusalOf(finish(withAnotherVerifier, tab)), 'UNAUTHORIZED');

const elsewhere = consent(await start(tab), 'subject-1').replace('app.example.com', 'evil.example.com');
assert.equal(await refusalOf(finish(elsewhere, tab)), 'BAD_REQUEST');

const late = consent(await start(tab), 'subject-1');
await orm.em.getConnection().execute('update oauth_flow set expires_at = now()');
assert.equal(await refusalOf(finish(late, tab)), 'UNAUTHORIZED');
assert.equal(await usersWithoutAlice(), 3);
await start(tab);
const flows = await orm.em.getConnection().execute('select count(*)::int from oauth_flow');
assert.deepEqual(flows, [{ count: 1 }]); // expired ones are deleted
console.log('done');
await orm.close();
