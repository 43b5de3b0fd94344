import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/pglite';
import { expect, onTestFinished, test } from 'vitest';
import { createFolderClaim } from '../../../src/database/pglite/folder-claim.ts';
import { lockPgliteFolder } from '../../../src/database/pglite/index.ts';
import { createDurin, DurinUsageError } from '../../../src/index.ts';
import { startProgram } from '../../e2e/programs/program.ts';
import { requestOf, requiredOptions } from '../../support/app.ts';
import { entities } from '../../support/entities.ts';

// 0.1 let `trpc-durin create-client` open the folder of a running server: the client was lost, or the database destroyed.
test('a durin does not open the PGlite folder that another process uses', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durin-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const orm = await MikroORM.init({ entities, dbName: folder });
  const durin = createDurin({ ...requiredOptions(orm), clients: { web: {} } });
  const owner = startProgram(['test/support/servers/lock-program.ts', folder], {});
  owner.type('go\n');
  await owner.until('locked');

  const sentence = /^Process \d+ \(lock-program\.ts\) uses .* Stop that one first\.$/;
  await expect(durin.clients.sync()).rejects.toThrow(sentence);
  await expect(durin.tokens.issue({ user: 1, client: 'web' })).rejects.toThrow(DurinUsageError);
  const context = durin.createContext(requestOf());
  const login = durin.durinRouter.createCaller(context).login({ username: 'a', password: 'b', client: 'web' });
  await expect(login).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' }, cause: { message: sentence } });
  expect(await orm.isConnected()).toBe(false);
  expect(await readdir(folder)).toEqual(['in-use']);

  await owner.stop('SIGKILL');
});

test('a folder is locked until its ORM is closed, not just durin', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durin-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const orm = await MikroORM.init({ entities, dbName: folder });
  await orm.schema.create();
  const marks = () => readdir(join(folder, 'in-use'));
  const [durin, reloaded] = [0, 1].map(() => createDurin({ ...requiredOptions(orm), clients: { web: {} } }));
  await durin?.clients.sync();
  await reloaded?.clients.list();
  expect(await marks()).toHaveLength(1);
  await durin?.close();
  await reloaded?.close();
  expect(await marks()).toHaveLength(1);
  await orm.close();
  expect(await marks()).toEqual([]);
  await reloaded?.clients.list();
  expect(await marks()).toHaveLength(1);
  await orm.close();
  expect(await marks()).toEqual([]);
});

test('of two ORMs of one process, durin lets one open a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durin-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lock = lockPgliteFolder(folder);
  const orms = [await MikroORM.init({ entities, dbName: folder }), await MikroORM.init({ entities, dbName: folder })];
  const [first, second] = orms.map((orm) => createDurin({ ...requiredOptions(orm), clients: { web: {} } }));
  await orms[0]?.schema.create();
  await first?.clients.sync();
  await expect(second?.clients.sync()).rejects.toThrow(`An ORM of this process has ${folder} open, since 20`);
  expect(await orms[1]?.isConnected()).toBe(false);
  lock.release(); // too early, and so without effect
  expect(() => lockPgliteFolder(folder)).toThrow(`An ORM of this process has ${folder} open, since 20`);
  await orms[0]?.close();
  expect(await second?.clients.sync()).toBeDefined();
  await orms[1]?.close();
  lockPgliteFolder(folder).release();
});

test.for([
  { dbName: 'memory://' },
  { dbName: 'app', driverOptions: { dataDir: 'memory://' } },
  { dbName: 'app', driverOptions: { pglite: () => Promise.reject(new Error('not opened')) } },
  { dbName: 'app', driverOptions: () => ({ dataDir: 'memory://' }) },
])('an ORM with %j has no folder', async (options) => {
  const orm = await MikroORM.init({ entities, ...options });
  createFolderClaim(orm)();
  expect(existsSync(options.dbName)).toBe(false);
});

test('a folder that cannot be locked is not named to callers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durin-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file');
  await writeFile(file, '');
  const claimFolder = createFolderClaim(await MikroORM.init({ entities, dbName: file }));
  expect(claimFolder).toThrow('The authentication store cannot be reached.');
});

test('the folder may be in driverOptions', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'durin-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const orm = await MikroORM.init({ entities, dbName: 'app', driverOptions: { dataDir: folder } });
  createFolderClaim(orm)();
  expect(await readdir(folder)).toEqual(['in-use']);
  await orm.close();
  expect(await readdir(join(folder, 'in-use'))).toEqual([]);
});
