import type { MikroORM } from '@mikro-orm/core';
import { MikroORM as PGliteORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, createClock, password, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { closeDatabase, openDatabase, postgresUrl } from '../../support/database.ts';
import { AuthToken, Client, entities, User } from '../../support/entities.ts';

// Next.js evaluates a module for route handlers and again for server components, in one process.

let orm: MikroORM;
let otherOrm: MikroORM;
let copy: typeof createDurin;
beforeAll(async () => {
  orm = await openDatabase({ entities });
  otherOrm = await openAgain(orm);
  await orm.em.fork().insert(User, { username: 'alice' });
  vi.resetModules();
  ({ createDurin: copy } = await import('../../../src/index.ts'));
  if (copy === createDurin) throw new Error('the package was not loaded again');
});
afterAll(async () => {
  await otherOrm.close(true);
  await closeDatabase(orm);
});

async function openAgain(first: MikroORM): Promise<MikroORM> {
  if (postgresUrl === null) {
    const connection = first.em.getConnection() as unknown as { getNativeClient(): Promise<unknown> };
    const pglite = await connection.getNativeClient();
    return await PGliteORM.init({ dbName: 'memory://', entities, driverOptions: { pglite } } as never);
  }
  const url = new URL(postgresUrl);
  url.pathname = `/${first.config.get('dbName')}`;
  return await PostgresORM.init({ clientUrl: url.href, entities } as never);
}

const clock = createClock();

function start(create: typeof createDurin, ownOrm: MikroORM, cache: { ttl: '60s' } | undefined = { ttl: '60s' }) {
  const durin = create({
    ...requiredOptions(ownOrm),
    entities: { User, Client, AuthToken },
    verifyCredentials: async ({ input, em }) =>
      input.password === password ? em.findOne(User, { username: input.username }) : null,
    clients,
    apiAccess: { clientName: 'api' },
    cache,
    now: clock,
  });
  const router = t.router({ auth: durin.durinRouter });
  return {
    durin,
    auth: (token?: string) => router.createCaller(durin.createContext(requestOf({ token }))).auth,
    see: (token: string) => durin.authenticate(token).then(({ user }) => user.username, codeOf),
  };
}
type Copy = ReturnType<typeof start>;

const ways: Record<string, () => [here: Copy, there: Copy]> = {
  'two durins on one ORM': () => [start(createDurin, orm), start(createDurin, orm)],
  'two durins on two ORMs': () => [start(createDurin, orm), start(createDurin, otherOrm)],
  'two copies of the package on one ORM': () => [start(createDurin, orm), start(copy, orm)],
  'two copies of the package on two ORMs': () => [start(createDurin, orm), start(copy, otherOrm)],
  'a durin without a cache beside one': () => [start(copy, otherOrm, undefined), start(createDurin, orm)],
};

const endings: Record<string, (here: Copy, token: string) => Promise<unknown>> = {
  logout: ({ auth }, token) => auth(token).logout(),
  'tokens.revokeAll': ({ durin }) => durin.tokens.revokeAll({ user: 1 }),
};

let open: Copy[] = [];
beforeEach(() => {
  open = [];
});
afterEach(() => Promise.all(open.map(({ durin }) => durin.close())));

const cases = Object.keys(ways).flatMap((way) => Object.keys(endings).map((ending) => ({ way, ending })));

test.each(cases)('$way: $ending through one holds in the other', async ({ way, ending }) => {
  const [here, there] = (open = ways[way]?.() ?? []);
  if (here === undefined || there === undefined) throw new Error(way);
  await here.durin.clients.sync();
  const { token } = await there.durin.tokens.issue({ user: 1, client: 'web' });
  for (const { see } of [...open, ...open]) expect(await see(token)).toBe('alice');
  await endings[ending]?.(here, token);
  expect([await here.see(token), await there.see(token)]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
});

test('a flush of one ORM is seen by the cache on the other', async () => {
  const [here, there] = (open = [start(createDurin, orm), start(copy, otherOrm)]);
  await here?.durin.clients.sync();
  const token = (await there?.durin.tokens.issue({ user: 1, client: 'cli' }))?.token ?? '';
  expect(await there?.see(token)).toBe('alice');
  const em = orm.em.fork();
  const user = await em.findOneOrFail(User, 1);
  user.username = 'renamed';
  await em.flush();
  expect(await there?.see(token)).toBe('renamed');
  user.username = 'alice';
  await em.flush();
});

test('a durin that is closed hears nothing any more', async () => {
  const [here, there] = (open = [start(createDurin, orm), start(copy, otherOrm)]);
  await there?.durin.close();
  await expect(here?.durin.users.forget(1)).resolves.toBeUndefined();
});
