import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, DurinUsageError } from '../../../src/index.ts';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';
import { requestOf, requiredOptions, secret, t } from '../../support/app.ts';
import { closeDatabase, connect } from '../../support/database.ts';
import { entities } from '../../support/entities.ts';
import { openAppOfVersion01 } from '../../support/version-0.1/app.ts';

let orm: Awaited<ReturnType<typeof connect>>;
beforeAll(async () => {
  orm = await connect({ entities });
});
afterAll(() => closeDatabase(orm));

/** Makes tokens of the test app: without tables, none can be issued. */
const codec = createTokenCodec({ secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes });

// 0.1 reported it as an outage, so a server that nobody had migrated looked like one without a database.
test('outside of requests, a missing table is a mistake and no outage', async () => {
  const { clients, tokens, users } = createDurin({ ...requiredOptions(orm), clients: { web: {} } });
  const calls = [
    () => clients.sync(),
    () => clients.list(),
    () => clients.create({ name: 'web' }),
    () => clients.update('web', { tokenTtl: '1d' }),
    () => tokens.issue({ user: 1, client: 'web' }),
    () => tokens.revoke('00000000-0000-4000-8000-000000000000'),
    () => tokens.revokeAll({ user: 1 }),
    () => tokens.purgeExpired(),
    () => users.forget(1),
  ];
  for (const call of calls) {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DurinUsageError);
    expect((error as Error).message).toMatch(/^\w+ does not exist: run your migrations(?: \(.*\))?$/);
  }
  await expect(clients.list()).rejects.toThrow(/^durin_client does not exist: run your migrations$/);
});

test('a request answers STORE_UNAVAILABLE, and its cause names the table', async () => {
  const durin = createDurin(requiredOptions(orm));
  const token = codec.tokenOf(codec.newSelector());
  const router = t.router({ me: durin.authedProcedure.query(() => 'me') });
  const caller = router.createCaller(durin.createContext(requestOf({ token })));
  const error: unknown = await caller.me().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', durin: { code: 'STORE_UNAVAILABLE' } });
  expect((error as Error).cause).toMatchObject({ message: expect.stringMatching(/ does not exist: run your/) });
});

test('a login whose own query needs the table logs which one', async () => {
  const durin = createDurin({ ...requiredOptions(orm), clients: { web: {} } });
  const router = t.router({ auth: durin.durinRouter });
  const logged: TRPCError[] = [];
  const response = await fetchRequestHandler({
    endpoint: '/',
    router,
    req: new Request('http://localhost/auth.login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { username: 'alice', password: 'x', client: 'web' } }),
    }),
    createContext: () => durin.createContext(requestOf()),
    onError: ({ error }) => void logged.push(error),
  });
  expect(await response.text()).toContain('Internal server error');
  expect(inspect(logged)).toMatch(/relation "\w+" does not exist/);
});

test('a missing column is named as well', async () => {
  await orm.schema.create();
  await orm.em.getConnection().execute('alter table durin_client drop column throttle_rate');
  const durin = createDurin({ ...requiredOptions(orm), clients: { web: {} } });
  const message = /^column (?:\w+\.)?throttle_rate (?:of durin_client )?does not exist: run your migrations$/;
  await expect(durin.clients.list()).rejects.toThrow(message);
  await expect(durin.clients.sync()).rejects.toThrow(message);
});

test('a database still at 0.1 is named, with the guide to the upgrade', async () => {
  const old = await openAppOfVersion01();
  const durin = createDurin({ ...requiredOptions(old.orm), clients: { web: {} }, now: old.clock });
  const guide = 'does not exist: run your migrations (from 0.1: docs/guides/upgrading-from-0.1.md)';
  const { clients, tokens } = durin;
  await expect(clients.sync()).rejects.toThrow(`column max_sessions of durin_client ${guide}`);
  await expect(clients.list()).rejects.toThrow(`column max_sessions ${guide}`);
  await expect(tokens.issue({ user: 1, client: 'web' })).rejects.toThrow(guide);
  await expect(tokens.purgeExpired()).rejects.toThrow(guide);
  await expect(durin.authenticate(old.tokens[0]?.token ?? '')).rejects.toMatchObject({
    durin: { code: 'STORE_UNAVAILABLE' },
    cause: { message: `durin_token_use ${guide}` },
  });
  await durin.close();
  await closeDatabase(old.orm);
});
