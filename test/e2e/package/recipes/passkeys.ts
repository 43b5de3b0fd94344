import assert from 'node:assert/strict';
import { startAuthentication } from '@simplewebauthn/browser';
import { createAuthenticator } from './authenticator.ts';
import { importSample, openRecipe, refusalOf } from './open-recipe.ts';

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];
interface Page {
  readonly trpc: {
    readonly passkeys: Record<'startAdding' | 'start' | 'signIn', { mutate(input?: unknown): Promise<unknown> }>;
  };
  readonly auth: { adopt(answer: object): Promise<void>; logout(): Promise<void> };
  addPasskey(): Promise<void>;
  signInWithPasskey(): Promise<{ status: string }>;
}

const { orm, durin, alice, User } = await openRecipe('passkeys.ts', ['Passkey', 'PasskeyChallenge']);
const { trpc, auth, addPasskey, signInWithPasskey } = await importSample<Page>('passkeys-page.ts');
const { passkeys } = trpc;

function openPage(origin: string) {
  const credentials = createAuthenticator({ origin, rpID: 'app.example.com' });
  Object.defineProperty(globalThis, 'navigator', { value: { credentials }, configurable: true });
  return credentials;
}
Object.assign(globalThis, { PublicKeyCredential: Object });
const authenticator = openPage('https://app.example.com');
/** The authenticator's answer to a new challenge, not yet sent. */
const answer = async () => startAuthentication({ optionsJSON: (await passkeys.start.mutate()) as Options });

assert.equal(await refusalOf(addPasskey()), 'UNAUTHORIZED');
const { tokens } = durin as unknown as { tokens: { issue(request: object): Promise<{ token: string }> } };
const sql = (statement: string) => orm.em.getConnection().execute<{ count: number }[]>(statement);
async function holdTokenOf(client: string): Promise<void> {
  const { token } = await tokens.issue({ user: alice.id, client });
  await auth.adopt({ token, expiry: null, user: { name: alice.username } });
}
await holdTokenOf('api');
assert.equal(await refusalOf(addPasskey()), 'FORBIDDEN');
await holdTokenOf('web');
assert.equal(await refusalOf(addPasskey()), 'UNAUTHORIZED'); // nobody has signed in with this token
await sql("update durin_auth_token set authenticated_at = now() - interval '11 minutes'");
assert.equal(await refusalOf(addPasskey()), 'UNAUTHORIZED');
await sql('update durin_auth_token set authenticated_at = now()');
const handles = await Promise.all([1, 2].map(() => passkeys.startAdding.mutate() as Promise<{ user: { id: string } }>));
assert.equal(handles[0]?.user.id, handles[1]?.user.id);
await addPasskey();
await auth.logout();

assert.equal((await signInWithPasskey()).status, 'signed-in');
await auth.logout();

const first = await answer();
await passkeys.signIn.mutate(first);
assert.equal(await refusalOf(passkeys.signIn.mutate(first)), 'UNAUTHORIZED');

const second = await answer();
const uses = await Promise.all([1, 2, 3].map(() => refusalOf(passkeys.signIn.mutate(second))));
assert.deepEqual(uses.toSorted(), ['UNAUTHORIZED', 'UNAUTHORIZED', 'not refused']);

const late = await answer();
await sql('update passkey_challenge set expires_at = now()');
assert.equal(await refusalOf(passkeys.signIn.mutate(late)), 'UNAUTHORIZED');

assert.notDeepEqual(await sql('select * from passkey_challenge'), []);
await answer();
assert.deepEqual(await sql('select count(*)::int from passkey_challenge'), [{ count: 1 }]); // expired ones are deleted

const unknown = { ...(await answer()), id: 'AAAA', rawId: 'AAAA' };
assert.equal(await refusalOf(passkeys.signIn.mutate(unknown)), 'UNAUTHORIZED');
assert.equal(await refusalOf(passkeys.signIn.mutate('text')), 'BAD_REQUEST');

authenticator.count(0);
assert.equal(await refusalOf(signInWithPasskey()), 'UNAUTHORIZED');

await orm.em.fork().nativeUpdate(User, alice.id, { isActive: false } as never);
const { length } = await Promise.all([1, 2, 3, 4, 5, 6].map(answer)); // past the counter that was stored
assert.equal(length, 6);
assert.equal(await refusalOf(signInWithPasskey()), 'UNAUTHORIZED');
await orm.em.fork().nativeUpdate(User, alice.id, { isActive: true } as never);
assert.equal((await signInWithPasskey()).status, 'signed-in');

authenticator.count(4_000_000_000);
assert.equal((await signInWithPasskey()).status, 'signed-in');

const { create } = openPage('https://evil.example.com');
assert.equal(typeof create, 'function');
assert.equal(await refusalOf(addPasskey()), 'BAD_REQUEST');
console.log('done');
await orm.close();
