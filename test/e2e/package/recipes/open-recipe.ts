import { resolve } from 'node:path';
import type { EntitySchema, MikroORM } from '@mikro-orm/core';
import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Durin } from 'trpc-durin';

/** What the sample auth.ts exports. */
interface AuthSample {
  readonly orm: MikroORM;
  readonly durin: Pick<Durin<never, never>, 'createContext' | 'clients' | 'authenticate'>;
}

interface RecipeSample {
  readonly appRouter: AnyTRPCRouter;
  readonly [entity: string]: unknown;
}

/** Answers the requests of a recipe that are not for its own server. */
export type Elsewhere = (request: Request) => Promise<Response>;

/** Imports a sample from the working directory. The compiler has checked it there. */
export async function importSample<T>(file: string): Promise<T> {
  return (await import(resolve(file))) as T;
}

/**
 * Opens a recipe of the docs, in the working directory of the app of all samples: creates the tables of its entities and the
 * user alice@example.com, and makes `fetch` call its router.
 */
export async function openRecipe(file: string, entities: readonly string[], elsewhere?: Elsewhere) {
  if (elsewhere !== undefined) globalThis.fetch = (input, init) => elsewhere(new Request(input, init));
  const { orm, durin } = await importSample<AuthSample>('auth.ts');
  const recipe = await importSample<RecipeSample>(file);
  const { User } = await importSample<{ User: EntitySchema<{ id: number; username: string }> }>('entities.ts');
  orm.discoverEntity(entities.map((name) => recipe[name] as EntitySchema));
  await orm.schema.update();
  await durin.clients.sync();
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice@example.com', passwordHash: '' } as never);
  await em.flush();

  const createContext = (call: object) => durin.createContext({ ...call, ipAddress: '127.0.0.1' });
  globalThis.fetch = async (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, 'http://localhost') : input, init);
    if (elsewhere !== undefined && !request.url.startsWith('http://localhost/')) return elsewhere(request);
    return fetchRequestHandler({ endpoint: '/trpc', req: request, router: recipe.appRouter, createContext });
  };
  return { orm, durin, alice, User };
}

/** Returns the tRPC code with which a call was refused. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return (error as { data?: { code: unknown } }).data?.code ?? error;
  }
  return 'not refused';
}
