import { randomUUID } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import fc from 'fast-check';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import type { CacheOptions } from '../../../src/options/cache-options.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { anyText, fuzzTimeoutMs, tryOut } from '../../support/fuzz.ts';

// `ctx.user` shows each value as MikroORM loads it: as the database returns it, and from each kind of cache.

const Home = defineEntity({
  name: 'Home',
  embeddable: true,
  properties: { city: p.string(), since: p.datetime().nullable(), size: p.bigint().nullable() },
});
const User = defineEntity({
  name: 'User',
  tableName: 'person',
  properties: {
    id: p.uuid().primary(),
    text: p.text().nullable(),
    int: p.integer().nullable(),
    bigint: p.bigint().nullable(),
    decimal: p.decimal().precision(30).scale(5).nullable(),
    double: p.double().nullable(),
    real: p.float().nullable(),
    bool: p.boolean().nullable(),
    day: p.date().nullable(),
    time: p.time().nullable(),
    at: p.datetime().nullable(),
    json: p.json<unknown>().nullable(),
    tags: p.array().nullable(),
    bytes: p.blob().nullable(),
    home: () => p.embedded(Home).object().nullable(),
    homes: () => p.embedded(Home).array().nullable(),
    inline: () => p.embedded(Home),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

const caches: Record<string, () => CacheOptions | undefined> = {
  none: () => undefined,
  memory: () => ({ ttl: '60s' }),
  shared: () => ({ ttl: '60s', store: new Keyv() }),
};

/** PostgreSQL stores no NUL, and no half of a surrogate pair. */
const text = anyText.map((given) => given.toWellFormed().replaceAll('\0', '').slice(0, 200).toWellFormed());
const instant = fc.date({
  min: new Date('0001-01-01'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
/** MikroORM writes no others into its statements. */
const finite = { noNaN: true, noDefaultInfinity: true } as const;
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const json = fc.jsonValue({ stringUnit: 'grapheme' }).map(withoutNul);
/** MikroORM cannot store one of white space alone. */
const tag = text.map((given) => `#${given}`);
const home = fc.record({ city: text, since: fc.option(instant), size: fc.option(bigint) });
const two = (part: number) => String(part).padStart(2, '0');

const values = fc.record({
  text: fc.option(text),
  int: fc.option(int),
  bigint: fc.option(bigint),
  decimal: fc.option(
    fc.tuple(bigint, fc.nat(99_999)).map(([whole, rest]) => `${whole}.${String(rest).padStart(5, '0')}`),
  ),
  double: fc.option(fc.double(finite)),
  real: fc.option(fc.float(finite)),
  bool: fc.option(fc.boolean()),
  day: fc.option(instant.map((at) => at.toISOString().slice(0, 10))),
  time: fc.option(fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => parts.map(two).join(':'))),
  at: fc.option(instant),
  json: fc.option(json),
  tags: fc.option(fc.array(tag, { maxLength: 5 })),
  bytes: fc.option(fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes))),
  home: fc.option(home),
  homes: fc.option(fc.array(home, { maxLength: 3 })),
  inline: home,
});

function withoutNul(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(String.raw`\u0000`, ''));
}

let orm: Awaited<ReturnType<typeof openDatabase>>;
let durins: [string, ReturnType<typeof openDurin>][];

function openDurin(cache: CacheOptions | undefined) {
  const entities = { User, Client, AuthToken };
  return createDurin({ orm, entities, secret, clients: { web: {} }, verifyCredentials: () => null, cache });
}

beforeAll(async () => {
  orm = await openDatabase({ entities: [User, Home, Client, AuthToken] });
  durins = Object.entries(caches).map(([name, cache]) => [name, openDurin(cache())]);
  await durins[0]?.[1].clients.sync();
});
afterAll(async () => {
  for (const [, durin] of durins) await durin.close();
  await closeDatabase(orm);
});

/** A loaded value as a plain one. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return value !== null && typeof value === 'object' && '__meta' in value ? { ...value } : value;
}

test('every value of a user is shown as MikroORM loads it', { timeout: fuzzTimeoutMs }, async () => {
  await tryOut('user values', values, async (given) => {
    const id = randomUUID();
    const em = orm.em.fork();
    em.create(User, { id, ...given } as never);
    await em.flush();
    const loaded = await orm.em.fork().findOneOrFail(User, id);
    const expected = Object.fromEntries(Object.entries(loaded).map(([name, value]) => [name, plain(value)]));
    for (const [name, durin] of durins) {
      const { token } = await durin.tokens.issue({ user: id, client: 'web' });
      for (let time = 1; time <= 3; time += 1) {
        const { user } = await durin.authenticate(token); // found first, then cached, then found in the cache
        expect({ name, time, user }).toStrictEqual({ name, time, user: expected });
      }
    }
  });
});
