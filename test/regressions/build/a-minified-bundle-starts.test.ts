import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Postgres from '@mikro-orm/postgresql';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as Durin from '../../../src/index.ts';
import { closeDatabase, connect, postgresUrl } from '../../support/database.ts';

const root = join(import.meta.dirname, '../../..');
const driver = postgresUrl === null ? '@mikro-orm/pglite' : '@mikro-orm/postgresql';

/** A bundled app that includes MikroORM. Minifying removes the names of its classes. */
const app = `
  export { MikroORM, defineEntity, p } from '${driver}';
  export { createDurin, defineDurinEntities } from './src/index.ts';
`;

type Bundle = Pick<typeof Durin, 'createDurin' | 'defineDurinEntities'> & typeof Postgres;

let folder: string;
let bundle: Bundle;
beforeAll(async () => {
  const data = join(root, '.data'); // inside the project, so that external packages are found
  await mkdir(data, { recursive: true });
  folder = await mkdtemp(join(data, 'bundle-'));
  const outfile = join(folder, 'app.mjs');
  await build({
    stdin: { contents: app, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['pg', '@electric-sql/pglite', 'libsql', 'better-sqlite3'],
    outfile,
  });
  bundle = (await import(pathToFileURL(outfile).href)) as Bundle;
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

test('createDurin accepts the ORM of a minified bundle', async () => {
  const { MikroORM, defineEntity, p, createDurin, defineDurinEntities } = bundle;
  const User = defineEntity({ name: 'User', tableName: 'app_user', properties: { id: p.integer().primary() } });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User });
  const entities = [User, Client, AuthToken];
  const database =
    postgresUrl === null ? null : await connect({ entities: [], discovery: { warnWhenNoEntities: false } });
  const place = database === null ? { dbName: 'memory://' } : { clientUrl: database.config.get('clientUrl') };
  const orm = await MikroORM.init({ entities, ...place, pool: { max: 1 } } as never);
  await orm.schema.create();
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret: 'a secret of the tests, long enough for them',
    verifyCredentials: () => null,
  });
  const em = orm.em.fork();
  const user = em.create(User, {});
  await em.flush();
  await durin.clients.create({ name: 'web' });
  const { token } = await durin.tokens.issue({ user, client: 'web' });
  expect((await durin.authenticate(token)).user).toEqual({ id: user.id });
  const prepared = await orm.em
    .getConnection()
    .execute("select name from pg_prepared_statements where name like 'durin_%'");
  const statements = ['the issuing one', 'the look-up'];
  expect(prepared).toHaveLength(postgresUrl === null ? 0 : statements.length);
  await orm.close(true);
  if (database !== null) await closeDatabase(database);
}, 120_000);
