import { defineEntity, p } from '@mikro-orm/core';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// An `infinity` was shown as the text `infinityZ`, and a number that is not finite as null once it was cached in a store.

const User = defineEntity({
  name: 'User',
  tableName: 'person',
  properties: {
    id: p.integer().primary(),
    double: p.double().nullable(),
    real: p.float().nullable(),
    at: p.datetime().nullable(),
    day: p.date().nullable(),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

let orm: Awaited<ReturnType<typeof openDatabase>>;
beforeAll(async () => {
  orm = await openDatabase({ entities: [User, Client, AuthToken] });
});
afterAll(() => closeDatabase(orm));

test.each([
  { double: 'NaN', real: 'NaN', at: null, day: null },
  { double: 'Infinity', real: '-Infinity', at: null, day: null },
  { double: '-0', real: '-0', at: '0044-03-15 12:00:00+00 BC', day: '0044-03-15 BC' },
  { double: null, real: null, at: 'infinity', day: 'infinity' },
  { double: null, real: null, at: '-infinity', day: '-infinity' },
  { double: null, real: null, at: '20000-01-01 00:00:00+00', day: '20000-01-01' },
])('as MikroORM loads them: $double, $real, $at', async ({ double, real, at, day }) => {
  const [row] = await orm.em
    .getConnection()
    .execute('insert into person (double, real, at, day) values (?, ?, ?, ?) returning id', [double, real, at, day]);
  const loaded = await orm.em.fork().findOneOrFail(User, row.id);
  for (const cache of [undefined, { ttl: '60s' as const }, { ttl: '60s' as const, store: new Keyv() }]) {
    const options = { orm, entities: { User, Client, AuthToken }, secret, verifyCredentials: () => null, cache };
    const durin = createDurin({ ...options, clients: { web: {} } });
    await durin.clients.sync();
    const { token } = await durin.tokens.issue({ user: row.id, client: 'web' });
    for (let time = 1; time <= 3; time += 1)
      expect((await durin.authenticate(token)).user).toStrictEqual({ ...loaded });
    await durin.close();
  }
});
