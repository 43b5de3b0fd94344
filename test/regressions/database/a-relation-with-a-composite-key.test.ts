import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// mikro-orm #3269: a relation to an entity whose key has several columns kept createDurin from starting.

const Seat = defineEntity({
  name: 'Seat',
  properties: { row: p.integer().primary(), col: p.integer().primary(), label: p.string() },
});
const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    seat: () => p.manyToOne(Seat).nullable(),
    locker: () => p.manyToOne(Seat).nullable().hidden(),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

test('a relation with a composite key shows the key, or what populate joins', async () => {
  const orm = await openDatabase({ entities: [Seat, User, Client, AuthToken] });
  try {
    const em = orm.em.fork();
    const seat = em.create(Seat, { row: 1, col: 2, label: 'window' });
    const [seated, standing] = [em.create(User, { seat, locker: seat }), em.create(User, {})];
    await em.flush();
    const options = {
      orm,
      entities: { User, Client, AuthToken },
      secret,
      clients: { web: {} },
      verifyCredentials: () => null,
    };
    const durin = createDurin(options);
    await durin.clients.sync();
    const userOf = async (user: { id: number }) =>
      (await durin.tokens.issue({ user: user.id, client: 'web' })).auth.user;
    expect(await userOf(seated)).toEqual({ id: seated.id, seat: { row: 1, col: 2 } });
    expect(await userOf(standing)).toEqual({ id: standing.id, seat: null });

    const joined = createDurin({ ...options, populate: ['user.seat'] });
    const { auth } = await joined.tokens.issue({ user: seated.id, client: 'web' });
    expect(auth.user).toEqual({ id: seated.id, seat: { row: 1, col: 2, label: 'window' } });
  } finally {
    await closeDatabase(orm);
  }
});
