import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext } from '../../../../src/index.ts';
import { hashPassword, verifyPassword } from '../../../../src/password.ts';
import { AuthToken, audited, Client, User } from '../../entities.ts';
import { concurrently, type Extent, sideBySide } from '../../measure.ts';
import { secret, tokenOf } from '../../population.ts';
import { type Row, ratioRow } from '../../table.ts';

const client = 'client 1';
const password = 'a password of the benchmark';
/** Is taken for right without a look at the hash. */
const unchecked = 'a password that is not verified';

/**
 * What an audit costs: logouts and logins, each of which it records in one row, on two databases of one server. Logins are
 * measured with argon2, as apps have them, and without it, because its 11 ms hide the difference. Every user logs out once and
 * logs in once, so no login replaces a token. There have to be `1.25 * count * (rounds + 1)` users.
 */
export async function benchAudit(auditedUrl: string, plainUrl: string, { count, rounds }: Extent): Promise<Row[]> {
  const hash = await hashPassword(password);
  const withAudit = await openAuditApp(auditedUrl, hash, audited);
  const without = await openAuditApp(plainUrl, hash, { Client, AuthToken });

  async function compare(work: string, each: number, call: (app: AuditApp) => Promise<unknown>): Promise<Row> {
    const [ours, reference] = await sideBySide(
      {
        'with an audit': (pieces) => concurrently(pieces, 1, () => call(withAudit)),
        'without an audit': (pieces) => concurrently(pieces, 1, () => call(without)),
      },
      { count: each, rounds },
    );
    return ratioRow(`${work}, with an audit`, ours, reference, null);
  }

  const slow = Math.floor(count / 4);
  const rows = [
    await compare('logout', count + slow, (app) => app.logOut()),
    await compare('login', slow, (app) => app.logIn(password)),
    await compare('login without argon2', count, (app) => app.logIn(unchecked)),
  ];
  await Promise.all([withAudit.close(), without.close()]);
  return rows;
}

type AuditApp = Awaited<ReturnType<typeof openAuditApp>>;

/** An app whose users log out, and then in again, one after the other. */
async function openAuditApp(url: string, hash: string, tables: Pick<typeof audited, 'Client' | 'AuthToken'>) {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [User, ...Object.values(tables)],
    pool: { min: 0, max: 10 },
  });
  const durin = createDurin({
    orm,
    entities: { User, Client: tables.Client, AuthToken: tables.AuthToken },
    secret,
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      return input.password === unchecked || (await verifyPassword(hash, input.password)) ? user : null;
    },
    throttle: { login: false },
  });
  const appRouter = initTRPC.context<DurinContext>().create().router({ auth: durin.durinRouter });
  const callAs = (headers: Record<string, string>) =>
    appRouter.createCaller(durin.createContext({ req: { headers }, ipAddress: '203.0.113.7' })).auth;
  const [out, back] = [numbers(), numbers()];

  return {
    logOut: () => callAs({ authorization: `Token ${tokenOf(out())}` }).logout(),
    logIn: (presented: string) => callAs({}).login({ username: `user ${back()}`, password: presented, client }),
    async close() {
      await durin.close();
      await orm.close();
    },
  };
}

/** Counts from 1. */
function numbers(): () => number {
  let last = 0;
  return () => (last += 1);
}
