import { MikroORM } from '@mikro-orm/postgresql';
import { Keyv } from 'keyv';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, requiredOptions } from '../../support/app.ts';
import { entities } from '../../support/entities.ts';

const orm = new MikroORM({ entities, dbName: 'never connected' });
/** None is collected while another one is measured. */
const created: ReturnType<typeof createDurin>[] = [];
afterAll(async () => {
  await Promise.all(created.map((durin) => durin.close()));
  await orm.close(true);
});

const settings = {
  'a cache in memory': { cache: { ttl: '1m', maxSessions: 1_000_000 } },
  'a shared cache': { cache: { ttl: '1m', store: new Keyv(), maxSessions: 1_000_000 } },
  'limits in a store': { throttle: { limiter: (options) => new RateLimiterMemory(options) } },
} satisfies Record<string, Partial<Parameters<typeof createDurin>[0]>>;

test.for(Object.entries(settings))('with %s, memory is taken as it is used', ([, options]) => {
  const before = process.memoryUsage().arrayBuffers;
  created.push(createDurin({ ...requiredOptions(orm), clients, ...options }));
  const taken = process.memoryUsage().arrayBuffers - before;
  expect(taken).toBeLessThan(1e6); // a full cache takes twenty times as much
});
