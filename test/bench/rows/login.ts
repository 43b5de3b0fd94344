import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import type { Pool } from 'pg';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { hashPassword, verifyPassword } from '../../../src/password.ts';
import { AuthToken, Client, entities, User } from '../entities.ts';
import { type Extent, sideBySide } from '../measure.ts';
import { secret } from '../population.ts';
import { type Row, ratioRow } from '../table.ts';

const password = 'a password of the benchmark';

/**
 * A login, which reads the user, verifies a password and issues a token, against verifying the password alone. What of that
 * no library can save has a row too: the app's query and one prepared insert.
 */
export async function benchLogin(url: string, extent: Extent): Promise<Row[]> {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 10 } });
  const hash = await hashPassword(password);
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { 'one session': {}, 'five devices': { maxSessions: 5 } },
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      return (await verifyPassword(hash, input.password)) ? user : null;
    },
    throttle: { login: false },
  });
  await durin.clients.sync();
  const t = initTRPC.context<DurinContext>().create();
  const caller = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext());
  const logIn = (client: 'one session' | 'five devices') => (count: number) =>
    times(count, () => caller.auth.login({ username: 'user 1', password, client }));
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  await pool.query('create table least_login (id serial primary key, user_id int not null)');
  const insert = {
    name: 'least_login',
    text: 'insert into least_login (user_id) values ($1) returning id',
    values: [1],
  };
  async function logInWithLeast(): Promise<void> {
    await orm.em.fork().findOne(User, { username: 'user 1' });
    await verifyPassword(hash, password);
    await pool.query(insert);
  }
  const series = await sideBySide(
    {
      'one session': logIn('one session'),
      'five devices': logIn('five devices'),
      least: (count) => times(count, logInWithLeast),
      'argon2 alone': (count) => times(count, () => verifyPassword(hash, password)),
    },
    extent,
  );
  const [{ token: only }, { token: device }] = [
    await durin.tokens.issue({ user: 1, client: 'one session' }),
    await durin.tokens.issue({ user: 1, client: 'five devices' }),
  ];
  const [ofDevice, ofOnly] = await sideBySide(
    {
      'of a device': (count) => times(count, () => durin.authenticate(device)),
      'of an only session': (count) => times(count, () => durin.authenticate(only)),
    },
    { count: extent.count * 10, rounds: extent.rounds },
  );
  await durin.close();
  await orm.close();
  const [one, five, least, argon2] = series;
  return [
    ratioRow('login, a client of one session', one, argon2, { atMost: 1.15 }),
    ratioRow('login, a client of five devices, a new one each time', five, argon2, { atMost: 1.15 }),
    ratioRow("argon2, the app's query of its user, and a prepared insert", least, argon2, null),
    ratioRow('look-up of one of five devices', ofDevice, ofOnly, null),
  ];
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < count; done += 1) await work();
}
