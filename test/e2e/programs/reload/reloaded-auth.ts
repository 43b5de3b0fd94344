import type { MikroORM } from '@mikro-orm/postgresql';
import { type CacheOptions, createDurin } from '../../../../src/index.ts';
import { postgresBus } from '../../../../src/postgres/index.ts';
import { redisBus, redisStore } from '../../../../src/redis/index.ts';
import { type NotifiedEntities, notifiedSecret as secret } from '../../../support/bus/notified-entities.ts';

// The module of an app that creates its durin. Hot reload evaluates it again and again, in one process.

/** How the app keeps the connections of earlier evaluations from piling up. */
export type Habit = 'one on globalThis' | 'the old one closed' | 'none';

/** What is the same for all evaluations: an app has it in modules that are not reloaded, or on `globalThis`. */
interface Kept {
  readonly orm: MikroORM;
  readonly entities: Pick<NotifiedEntities, 'User' | 'Client' | 'AuthToken'>;
  readonly habit: Habit;
  /** `null`: messages go through PostgreSQL. */
  readonly redisUrl: string | null;
  readonly onWarning: (message: string) => void;
  durin?: ReturnType<typeof create>;
}

export const globals = globalThis as typeof globalThis & { kept: Kept };

function createCache(redisUrl: string | null): CacheOptions {
  if (redisUrl === null) return { ttl: '60s', bus: postgresBus() };
  return { ttl: '60s', store: redisStore({ url: redisUrl }), bus: redisBus({ url: redisUrl }) };
}

function create({ orm, entities, redisUrl, onWarning }: Kept) {
  const cache = createCache(redisUrl);
  const durin = createDurin({
    orm,
    entities,
    secret,
    clients: { web: { tokenTtl: '1d' } },
    verifyCredentials: () => null,
    cache,
    onWarning,
  });
  return Object.assign(durin, { isConnected: () => cache.bus?.isConnected() ?? false });
}

/** As each habit has it. */
async function evaluate(kept: Kept): Promise<ReturnType<typeof create>> {
  switch (kept.habit) {
    case 'one on globalThis':
      kept.durin ??= create(kept);
      return kept.durin;
    case 'the old one closed':
      await kept.durin?.close();
      kept.durin = create(kept);
      return kept.durin;
    case 'none':
      return create(kept);
  }
}

export const durin = await evaluate(globals.kept);
