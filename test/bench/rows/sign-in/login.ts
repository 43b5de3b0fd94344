import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import type { Pool } from 'pg';
import { createDurin, type DurinContext } from '../../../../src/index.ts';
import { hashPassword, verifyPassword } from '../../../../src/password.ts';
import { AuthToken, Client, entities, User } from '../../entities.ts';
import { type Extent, type Series, sideBySide, typical } from '../../measure.ts';
import { secret } from '../../population.ts';
import { type Row, ratioRow, required, valueRow } from '../../table.ts';

const password = 'a password of the benchmark';
/** Is taken for right without a look at the hash. */
const unchecked = 'a password that is not verified';

/**
 * A login, which reads the user, verifies a password and issues a token, against verifying the password alone. What of that
 * no library can save has a row too: the app's query and one prepared insert. Then what each step takes.
 */
export async function benchLogin(url: string, extent: Extent): Promise<Row[]> {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 10 } });
  const hash = await hashPassword(password);
  const findUser = () => orm.em.fork().findOne(User, { username: 'user 1' });
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { 'one session': {}, 'five devices': { maxSessions: 5 } },
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      const isRight = input.password === unchecked || (await verifyPassword(hash, input.password));
      return isRight ? user : null;
    },
    throttle: { login: false },
  });
  await durin.clients.sync();
  const t = initTRPC.context<DurinContext>().create();
  const caller = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext());
  const logIn = (client: 'one session' | 'five devices', presented = password) =>
    times(() => caller.auth.login({ username: 'user 1', password: presented, client }));
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  await pool.query('create table least_login (id serial primary key, user_id int not null)');
  const insert = {
    name: 'least_login',
    text: 'insert into least_login (user_id) values ($1) returning id',
    values: [1],
  };
  async function logInWithLeast(): Promise<void> {
    await findUser();
    await verifyPassword(hash, password);
    await pool.query(insert);
  }
  const [one, five, least, argon2, without, query, issue] = await sideBySide(
    {
      'one session': logIn('one session'),
      'five devices': logIn('five devices'),
      least: times(logInWithLeast),
      'argon2 alone': times(() => verifyPassword(hash, password)),
      'without argon2': logIn('one session', unchecked),
      query: times(findUser),
      issue: times(() => durin.tokens.issue({ user: 1, client: 'one session' })),
    },
    extent,
  );
  const [{ token: only }, { token: device }] = [
    await durin.tokens.issue({ user: 1, client: 'one session' }),
    await durin.tokens.issue({ user: 1, client: 'five devices' }),
  ];
  const [ofDevice, ofOnly] = await sideBySide(
    {
      'of a device': times(() => durin.authenticate(device)),
      'of an only session': times(() => durin.authenticate(only)),
    },
    { count: extent.count * 10, rounds: extent.rounds },
  );
  await durin.close();
  await orm.close();
  return [
    ratioRow('login, a client of one session', one, argon2, { atMost: 1.15 }),
    ratioRow('login, a client of five devices, a new one each time', five, argon2, { atMost: 1.15 }),
    ratioRow("argon2, the app's query of its user, and a prepared insert", least, argon2, null),
    ...stepRows(required(one), { argon2, without, query, issue }),
    ratioRow('look-up of one of five devices', ofDevice, ofOnly, null),
  ];
}

interface Steps {
  readonly argon2: Series | undefined;
  /** The login without argon2, as a whole. */
  readonly without: Series | undefined;
  readonly query: Series | undefined;
  readonly issue: Series | undefined;
}

function stepRows(login: Series, steps: Steps): Row[] {
  const [argon2, without, query, issue] = [
    typical(required(steps.argon2)),
    typical(required(steps.without)),
    typical(required(steps.query)),
    typical(required(steps.issue)),
  ];
  return [
    stepRow('argon2', argon2),
    stepRow("the app's query of its user", query),
    stepRow('the statement that issues the token, with its commit', issue),
    stepRow('all else that trpc-durin does', without - query - issue),
    stepRow('how much longer these take after argon2', typical(login) - argon2 - without),
  ];
}

function stepRow(step: string, taken: number): Row {
  return valueRow(`a login's step: ${step}`, taken, null, inMicroseconds);
}

const inMicroseconds = (value: number) => `${value.toFixed(0)} us`;

function times(work: () => Promise<unknown>) {
  return async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) await work();
  };
}
