import assert from 'node:assert/strict';
import { startAuthentication } from '@simplewebauthn/browser';
import { createAuthenticator } from './authenticator.ts';
import { importSample, openRecipe, refusalOf } from './open-recipe.ts';

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];
interface Page {
  readonly trpc: { readonly passkeys: Record<'start' | 'signIn', { mutate(input?: unknown): Promise<unknown> }> };
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
const issued = await tokens.issue({ user: alice.id, client: 'web' });
await auth.adopt({ token: issued.token, expiry: null, user: { name: alice.username } });
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
await orm.em.getConnection().execute('update passkey_challenge set expires_at = now()');
assert.equal(await refusalOf(passkeys.signIn.mutate(late)), 'UNAUTHORIZED');

const unknown = { ...(await answer()), id: 'AAAA', rawId: 'AAAA' };
assert.equal(await refusalOf(passkeys.signIn.mutate(unknown)), 'UNAUTHORIZED');
assert.equal(await refusalOf(passkeys.signIn.mutate('text')), 'BAD_REQUEST');

authenticator.rewind();
assert.equal(await refusalOf(signInWithPasskey()), 'UNAUTHORIZED');

await orm.em.fork().nativeUpdate(User, alice.id, { isActive: false } as never);
const { length } = await Promise.all([1, 2, 3, 4, 5, 6].map(answer)); // past the counter that was stored
assert.equal(length, 6);
assert.equal(await refusalOf(signInWithPasskey()), 'UNAUTHORIZED');
await orm.em.fork().nativeUpdate(User, alice.id, { isActive: true } as never);
assert.equal((await signInWithPasskey()).status, 'signed-in');

const { create } = openPage('https://evil.example.com');
assert.equal(typeof create, 'function');
assert.equal(await refusalOf(addPasskey()), 'BAD_REQUEST');
console.log('done');
await orm.close();
