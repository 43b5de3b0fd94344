import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requestOf } from '../../support/app.ts';
import { createKeysRouter, type KeysDurin, useKeysApp } from '../../support/keys/keys-app.ts';
import { createCommandLine } from './command-line.ts';

const app = useKeysApp();
/** In seconds. */
const day = 86_400;

let durin: KeysDurin;
let run: ReturnType<typeof createCommandLine>;
beforeEach(async () => {
  ({ durin } = await app.enter({ max: 3, ttl: '90d' }));
  await durin.tokens.revokeAll({ user: 2 });
  run = createCommandLine(durin);
});

const json = async <T>(...args: string[]) => (await run(...args)).json as T;
const create = (name: string, ...args: string[]) =>
  json<{ token: string; session: { id: string } }>('create-key', 'alice', name, ...args);

test('create-key prints the key, and for whom it is', async () => {
  const created = await run('create-key', 'alice', ' Build server ', '--scopes', 'read');
  expect(created.stdout).toMatch(/^acme_[0-9a-f]{64}$/);
  const expiry = new Date(app.clock() + 90 * day * 1000).toISOString();
  expect(created.stderr).toBe(`The key Build server of alice (1) for api expires at ${expiry}. It is not shown again.`);
  expect(created.json).toMatchObject({ session: { name: 'Build server', scopes: ['read'], replaces: null } });
  expect((await run('create-key', 'alice', 'Backup', '--ttl', 'never')).stderr).toMatch(/for api never expires\./);
});

test('create-key is refused where a session would be', async () => {
  await create('Build');
  expect((await run('create-key', 'alice', 'build')).stderr).toBe('The user has an API key with that name.');
  await create('Two');
  await create('Three');
  expect((await run('create-key', 'alice', 'Four')).stderr).toBe('The user has as many API keys as the client allows.');
  expect((await run('create-key', 'alice', 'x'.repeat(65))).stderr).toBe('name: At most 64 characters.');
  expect((await run('create-key', 'alice', 'Five', '--scopes', 'fly')).stderr).toBe(
    'scopes: Each must be one of the option scopes.',
  );
  expect((await run('create-key', 'alice', 'Five', '--client', 'web')).stderr).toBe(
    'The client web has no keys. Pass --client with one of api.',
  );
  expect((await run('create-key', 'nobody', 'Five')).stderr).toBe('There is no user "nobody".');
});

test('create-key warns of scopes that the client does not have', async () => {
  const { stderr, json: created } = await run('create-key', 'alice', 'Build', '--scopes', 'read,admin');
  expect(stderr).toMatch(/It is not shown again\.It cannot use admin: the client api has no such scope\.$/);
  expect(created).toMatchObject({ session: { scopes: ['read', 'admin'] } });
});

test('keys lists keys alone, with preview, scopes and last use', async () => {
  const { token, session } = await create('Build', '--scopes', 'read,write');
  const ofBob = await json<{ session: { id: string } }>('create-key', 'bob', 'Backup');
  const { stdout } = await run('keys', 'alice');
  const preview = `${token.slice(0, 9)}…${token.slice(-4)}`;
  const created = new Date(app.clock()).toISOString();
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'USER', 'CLIENT', 'NAME', 'PREVIEW', 'SCOPES', 'CREATED', 'EXPIRES IN', 'LAST USED', 'ROLL'],
    [session.id, 'alice', 'api', 'Build', preview, 'read, write', created, '90 days', 'never'],
  ]);
  const all = await json<{ id: string; scopes: unknown }[]>('keys');
  expect(new Set(all.map(({ id }) => id))).toEqual(new Set([session.id, ofBob.session.id]));
  expect(all.find(({ id }) => id === ofBob.session.id)).toMatchObject({ scopes: null, user: { label: 'bob' } });
  expect((await run('keys', '--limit', '1')).stderr).toBe('There are more keys: raise --limit to list them.');
  expect((await run('keys', '--client', 'web')).stderr).toBe(
    'The client web has no keys. Pass --client with one of api.',
  );
});

test('keys --unused-for lists those that were not used since', async () => {
  const used = await create('Used');
  const idle = await create('Idle');
  const never = await create('Never');
  await useKey(idle.token);
  app.clock.advance(10 * day);
  await useKey(used.token);
  const young = await json<{ session: { id: string } }>('create-key', 'bob', 'Young');
  expect(young.session.id).toEqual(expect.any(String));

  const unused = await json<{ id: string }[]>('keys', '--unused-for', '5d');
  expect(unused.map(({ id }) => id)).toEqual([never.session.id, idle.session.id]);
  expect(await json('keys', '--unused-for', '20d')).toEqual([]);
  expect((await run('keys', '--unused-for', '20d')).stdout).toBe('No keys found.');
  expect((await run('keys', '--unused-for', 'never')).stderr).toContain('It must be a duration such as 90d');
});

/** A call that the key's scopes allow, whose use is written. */
async function useKey(token: string): Promise<void> {
  await createKeysRouter(durin)
    .createCaller(durin.createContext(requestOf({ token })))
    .read();
  await durin.flush();
}

test('roll-key replaces a key once the new one is used', async () => {
  const old = await create('Build', '--scopes', 'read');
  const rolled = await run('roll-key', old.session.id, '--overlap', '0s');
  expect(rolled.stdout).toMatch(/^acme_[0-9a-f]{64}$/);
  expect(rolled.stderr).toMatch(/^The new key Build of alice \(1\) for api expires at \S+Z\. It is not shown again\.$/);
  expect(rolled.json).toMatchObject({ session: { name: 'Build', scopes: ['read'], replaces: old.session.id } });
  const [head, ...rows] = (await run('keys')).stdout.split('\n').map((line) => line.split(/ {2,}/).at(-1));
  expect([head, ...rows.toSorted()]).toEqual(['ROLL', 'being replaced', 'not used yet']); // created in one moment
  await useKey(old.token);
  await useKey(rolled.stdout);
  await expect(useKey(old.token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('roll-key names what it cannot roll', async () => {
  const { auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (const id of [auth.id, randomUUID(), 'nope'])
    expect((await run('roll-key', id)).stderr).toBe('No API key with that id.');
  const { session } = await create('Build');
  expect((await run('roll-key', session.id, '--overlap', 'soon')).stderr).toContain(
    'It must be a duration such as 24h, 7d or 0s, up to 30 days.',
  );
});

test('rename-key gives a key another name, unless the user has one with it', async () => {
  const { session } = await create('Build');
  const renamed = await run('rename-key', session.id, ' Nightly export ');
  expect(renamed).toMatchObject({ stdout: 'Key renamed to Nightly export.', json: { id: session.id } });
  expect((await run('keys', 'alice')).json).toMatchObject([{ id: session.id, name: 'Nightly export' }]);

  const other = await create('Backup');
  expect((await run('rename-key', other.session.id, 'NIGHTLY EXPORT')).stderr).toBe(
    'The user has an API key with that name.',
  );
  expect((await run('rename-key', session.id, ' ')).stderr).toMatch(/^name: /);
});

test('rename-key renames no session', async () => {
  const { auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (const id of [auth.id, randomUUID(), 'nope'])
    expect((await run('rename-key', id, 'Build')).stderr).toBe('No API key with that id.');
});

test('revoke-key ends a key, and no session', async () => {
  const { token, session } = await create('Build');
  expect((await run('revoke-key', session.id)).stdout).toBe('Key Build of alice revoked.');
  await expect(useKey(token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  expect((await run('revoke-key', session.id)).stderr).toBe('No token with that id.');
  const { auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  expect((await run('revoke-key', auth.id)).stderr).toBe(
    `${auth.id} is not an API key, but a session. Use revoke-token.`,
  );
});

test('without a client that has keys, the commands say so', async () => {
  const runWithout = createCommandLine(createDurin(app.options));
  const sentence = 'No client of this app has keys: see the option clients.*.keys of createDurin.';
  expect((await runWithout('keys')).stderr).toBe(sentence);
  expect((await runWithout('create-key', 'alice', 'Build')).stderr).toBe(sentence);
});

test('with several clients that have keys, create-key asks for one', async () => {
  const several = createDurin({
    ...app.options,
    clients: { ...app.options.clients, api: { keys: {} }, partner: { keys: {} } },
  });
  await several.clients.sync();
  const runSeveral = createCommandLine(several);
  expect((await runSeveral('create-key', 'bob', 'Build')).stderr).toBe(
    'Several clients have keys. Pass --client with one of api, partner.',
  );
  await runSeveral('create-key', 'bob', 'Build', '--client', 'partner');
  await runSeveral('create-key', 'bob', 'Build', '--client', 'api');
  const listed = (await runSeveral('keys', 'bob')).json as { client: string }[];
  expect(listed.map(({ client }) => client)).toEqual(['api', 'partner']);
});
