import { z } from 'zod';
import { openMemoryDatabase } from '../database/pglite/memory-database.ts';
import type { EntityList, OpenOrm } from '../database/schema.ts';
import type { DurinClients } from '../durin/durin-clients.ts';
import { DurinUsageError } from '../errors.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import { createSampleDurin, defineSampleEntities, type SampleDurin, type SampleEntities } from './sample-durin.ts';

/** What the kit uses of a durin: any that `createDurin` returned. */
interface AnyDurin {
  readonly clients: DurinClients;
  readonly close: () => Promise<void>;
}

/** How an app's own durin is created for a test. */
export interface TestDurinSetup<TDurin extends AnyDurin> {
  /** The entities of the app, with those of `defineDurinEntities`. */
  entities: EntityList;
  /** Creates the durin, as the app does, over the ORM of the test. */
  create: (orm: OpenOrm) => TDurin | Promise<TDurin>;
}

/** A durin over an empty database of its own. */
export interface TestDurin<TDurin> extends AsyncDisposable {
  readonly durin: TDurin;
  readonly orm: OpenOrm;
  /** Closes the durin, the ORM and the database. */
  close(): Promise<void>;
}

/** The same for a test that brings no app, with the entities of its users. */
export interface SampleTestDurin extends TestDurin<SampleDurin> {
  readonly entities: SampleEntities;
}

const setupSchema = z.strictObject({
  entities: z.array(z.unknown(), 'must be a list of entities'),
  create: z.custom((value) => typeof value === 'function', 'must be a function'),
});

/**
 * Creates a durin over an empty PGlite in memory: the tables exist, and so do the rows of the option `clients`. It takes about
 * two seconds, so create one for a file of tests. PGlite has one connection, so it shows no races.
 *
 * Without `setup` it has the clients `web` and `cli` and the users of `entities.User`, who sign in with `username` and
 * `password`.
 * @throws DurinUsageError naming what is wrong, or if `@mikro-orm/pglite` is not installed
 * @example
 * const { durin, orm, close } = await createTestDurin({ entities: [User, Client, AuthToken], create: createAuth });
 * after(close);
 */
export function createTestDurin(): Promise<SampleTestDurin>;
export function createTestDurin<TDurin extends AnyDurin>(setup: TestDurinSetup<TDurin>): Promise<TestDurin<TDurin>>;
export async function createTestDurin(setup?: TestDurinSetup<AnyDurin>): Promise<TestDurin<AnyDurin>> {
  if (setup === undefined) {
    const entities = defineSampleEntities();
    const create = (orm: OpenOrm) => createSampleDurin(orm, entities);
    const created = await open({ entities: [entities.User, entities.Client, entities.AuthToken], create });
    return Object.assign(created, { entities });
  }
  const parsed = setupSchema.safeParse(setup, { error: optionIssueMessage });
  if (!parsed.success) throw new DurinUsageError(`createTestDurin: ${describeOptionError(parsed.error, setup)}`);
  return open(setup);
}

async function open<TDurin extends AnyDurin>(setup: TestDurinSetup<TDurin>): Promise<TestDurin<TDurin>> {
  const orm = await openMemoryDatabase(setup.entities);
  try {
    return await openDurin(setup, orm);
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

async function openDurin<TDurin extends AnyDurin>(
  { create }: TestDurinSetup<TDurin>,
  orm: OpenOrm,
): Promise<TestDurin<TDurin>> {
  const durin = await create(orm);
  try {
    await durin.clients.sync();
  } catch (error) {
    await durin.close();
    throw error;
  }
  return toTestDurin(durin, orm);
}

function toTestDurin<TDurin extends AnyDurin>(durin: TDurin, orm: OpenOrm): TestDurin<TDurin> {
  async function close(): Promise<void> {
    try {
      await durin.close();
    } finally {
      await orm.close(true);
    }
  }
  return { durin, orm, close, [Symbol.asyncDispose]: close };
}
