import { openAsBlob } from 'node:fs';
import { MikroORM } from '@mikro-orm/pglite';
import { inject } from 'vitest';

type Pglite = Awaited<ReturnType<typeof startPglite>>;

/** The instances of this process that no test uses now. To empty one takes a tenth of the time in which another one starts. */
const idle: Pglite[] = [];

/** An empty PGlite. Hand it back to `returnPglite`. */
export async function takePglite(): Promise<Pglite> {
  return idle.pop() ?? (await startPglite());
}

/** Empties a PGlite for the next test. One that a test has closed is left to the garbage collector. */
export async function returnPglite(pglite: Pglite): Promise<void> {
  if (pglite.closed) return;
  const { rows } = await pglite.query<{ name: string }>(
    `select quote_ident(nspname) as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
  );
  for (const { name } of rows) await pglite.exec(`drop schema ${name} cascade`);
  await pglite.exec('create schema public');
  await pglite.exec('discard all'); // settings, locks, what is listened to
  idle.push(pglite);
}

/** An ORM without entities starts it, so that it reads values as MikroORM wants them. */
async function startPglite() {
  const path = inject('emptyPglite');
  if (path === undefined) throw new Error('The project of this test lacks global-pglite.ts as a globalSetup');
  const loadDataDir = await openAsBlob(path);
  const orm = await MikroORM.init({
    dbName: 'memory://',
    entities: [],
    discovery: { warnWhenNoEntities: false },
    driverOptions: () => ({ loadDataDir }), // of a plain object MikroORM would copy the properties
  });
  return orm.em.getDriver().getConnection().getNativeClient();
}
