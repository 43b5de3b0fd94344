import { expect, test } from 'vitest';
import { createDurin, DurinUsageError, type Rate } from '../../../src/index.ts';
import { Client } from '../../support/entities.ts';
import { day, useApp } from './upstream-app.ts';

const app = useApp();

test('4: a name alone creates a client', async () => {
  const { clients } = app.durin();
  const created = await clients.create({ name: 'bot' });
  expect(created).toEqual({
    id: expect.any(Number) as number,
    name: 'bot',
    tokenTtl: day,
    throttleRate: null,
    maxSessions: 1,
    atLimit: 'end-oldest',
    idleTtl: null,
    maxLifetime: null,
    created: expect.any(Date) as Date,
  });
  expect(await clients.list()).toContainEqual(created);
});

test('5: a client can have a token lifetime and a rate', async () => {
  const created = await app.durin().clients.create({ name: 'bot', tokenTtl: '14d', throttleRate: '1/s' });
  expect(created).toMatchObject({ tokenTtl: 14 * day, throttleRate: '1/s' });
});

test('6: a client without a name is refused with a sentence', async () => {
  const { clients } = app.durin();
  await expect(clients.create({} as never)).rejects.toThrow(new DurinUsageError('name: This field is required.'));
});

test('7: a blank name is refused with a sentence', async () => {
  const { clients } = app.durin();
  for (const name of ['', '   ']) {
    const creation = clients.create({ name });
    await expect(creation).rejects.toThrow(new DurinUsageError('name: This field may not be blank.'));
  }
  expect(await clients.list()).toHaveLength(3);
});

test('8: an invalid token lifetime is refused and the formats are named', async () => {
  const { clients } = app.durin();
  const creation = clients.create({ name: 'bot', tokenTtl: 'invalid' as never });
  await expect(creation).rejects.toThrow(/^tokenTtl must be a duration such as '60s', '15m', '12h', '14d'/);
  await expect(creation).rejects.toBeInstanceOf(DurinUsageError);
  expect(await clients.list()).toHaveLength(3);
});

test('9: a client created through the ORM needs only a name', async () => {
  const em = app.orm.em.fork();
  for (const name of ['one', 'two', 'three']) em.create(Client, { name });
  await em.flush();
  const created = (await app.durin().clients.list()).filter(({ name }) => ['one', 'two', 'three'].includes(name));
  expect(created).toMatchObject(Array.from({ length: 3 }, () => ({ tokenTtl: day, throttleRate: null })));
});

test('10: the rate 2/m is valid, and all columns are set', async () => {
  const em = app.orm.em.fork();
  const client = em.create(Client, { name: 'bot', tokenTtl: 60, throttleRate: '2/m' });
  await em.flush();
  expect(client).toMatchObject({ id: expect.any(Number) as number, tokenTtl: 60, throttleRate: '2/m' });
});

test.each(['blahblah', '2/minute'])('11: the rate %s is refused everywhere', async (text) => {
  const wrongRate = text as Rate;
  const sentence = /rate must be a rate such as '5\/s', '100\/m'/i;
  const { clients, throttledProcedure } = app.durin();
  await expect(clients.create({ name: 'bot', throttleRate: wrongRate })).rejects.toThrow(sentence);
  await expect(clients.update('web', { throttleRate: wrongRate })).rejects.toThrow(sentence);
  expect(() => throttledProcedure({ scope: 'search', rate: wrongRate })).toThrow(sentence);
  expect(() => createDurin({ ...app.options, throttle: { rate: wrongRate } })).toThrow(/throttle\.rate must be a rate/);
  expect(() => createDurin({ ...app.options, clients: { web: { throttleRate: wrongRate } } })).toThrow(
    /clients\.web\.throttleRate must be a rate/,
  );
  const em = app.orm.em.fork();
  em.create(Client, { name: 'bot', throttleRate: wrongRate });
  await expect(em.flush()).rejects.toThrow(sentence);
});

test('observed: a duplicate name is refused; names are case-sensitive', async () => {
  const { clients } = app.durin();
  await expect(clients.create({ name: 'web' })).rejects.toThrow(
    new DurinUsageError('name: A client named "web" already exists.'),
  );
  expect(await clients.create({ name: 'Web' })).toMatchObject({ name: 'Web' });
});
