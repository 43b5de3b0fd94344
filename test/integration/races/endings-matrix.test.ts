import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { DurinUsageError } from '../../../src/errors.ts';
import { password, requestOf } from '../../support/app.ts';
import { type Arena, type Contest, codeOf, openArena } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import { testLength } from '../../support/test-length.ts';

// What creates, renews or returns a token runs against what ends the tokens of a user or a client. After the end has
// returned, no token of an operation that began before it is valid.

const rounds = testLength === 'full' ? 200 : 4;
/** Rounds that run at once. */
const width = Math.min(rounds, 8);

/** A user with a session of each of these clients, and an API key. */
interface Racer {
  readonly id: number;
  readonly username: string;
  readonly user: User;
  readonly web: { readonly id: string; readonly token: string };
  readonly cli: { readonly id: string; readonly token: string };
  /** A key of the client `keys`. */
  readonly keyId: string;
}

interface Field extends Contest {
  readonly issueAsAdmin: (user: number) => Promise<{ token: string }>;
  readonly rollAsAdmin: (key: string) => Promise<{ token: string }>;
}

/** Each returns the token that it created, renewed or was given. */
const operations: Record<string, (field: Field, racer: Racer) => Promise<string>> = {
  login: async ({ callAs }, { username }) => (await callAs().auth.login({ username, password, client: 'web' })).token,
  signIn: async ({ durin }, { user }) =>
    (await durin.signIn({ user, client: 'web', ctx: durin.createContext(requestOf()) })).token,
  'tokens.issue': async ({ durin }, { id }) => (await durin.tokens.issue({ user: id, client: 'web' })).token,
  'tokens.renew': async ({ durin }, { web }) => {
    await durin.tokens.renew(web.id);
    return web.token;
  },
  refresh: async ({ callAs }, { web: { token } }) => {
    await callAs({ token }).auth.refresh();
    return token;
  },
  session: async ({ callAs }, { web: { token } }) => {
    await callAs({ token }).auth.session();
    return token;
  },
  reauthenticate: async ({ callAs }, { username, web: { token } }) => {
    await callAs({ token }).auth.reauthenticate({ username, password });
    return token;
  },
  'apiAccess.create': async ({ callAs }, { web: { token } }) => (await callAs({ token }).auth.apiAccess.create()).token,
  'keys.create': async ({ callAs }, { web: { token } }) =>
    (await callAs({ token }).auth.keys.create({ name: 'deploy' })).token,
  'keys.roll': async ({ callAs }, { web: { token }, keyId }) =>
    (await callAs({ token }).auth.keys.roll({ id: keyId })).token,
  'admin issue': async ({ issueAsAdmin }, { id }) => (await issueAsAdmin(id)).token,
  'admin keys.roll': async ({ rollAsAdmin }, { keyId }) => (await rollAsAdmin(keyId)).token,
};

const ends: Record<string, (field: Field, racer: Racer, operation: string) => Promise<unknown>> = {
  logoutAll: async ({ callAs }, { cli: { token } }) => callAs({ token }).auth.logoutAll(),
  'tokens.revokeAll': async ({ durin }, { id }) => durin.tokens.revokeAll({ user: id }),
  'sessions.revokeOthers': async ({ callAs }, { cli: { token } }) => callAs({ token }).auth.sessions.revokeOthers(),
  deactivation: async (field, racer) => flush(field, racer, (user) => Object.assign(user, { isActive: false })),
  'user deletion': async (field, racer) => flush(field, racer, (user, em) => em.remove(user)),
  'credential change': async (field, racer) =>
    flush(field, racer, (user) => Object.assign(user, { passwordHash: `hash ${racer.web.id}` })),
  'client deletion': async ({ durin }, _, operation) => durin.clients.delete(clientOf(operation)),
};

/** The client of the token that an operation returns. */
function clientOf(operation: string): string {
  if (operation.includes('keys.')) return 'keys';
  return operation === 'apiAccess.create' ? 'api' : 'web';
}

/** What operations may be refused with when they lose the race. */
const refusals = new Set([
  'INVALID_CREDENTIALS',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'USER_INACTIVE',
  'SESSION_NOT_FOUND',
  'USER_NOT_FOUND',
  'UNKNOWN_CLIENT',
  'API_ACCESS_DISABLED',
  'KEY_NOT_FOUND',
]);

/** Why an operation was refused. `tokens.issue` throws for a user that is gone. */
function refusalOf(error: unknown): string {
  return error instanceof DurinUsageError ? 'USER_NOT_FOUND' : codeOf(error);
}

/** A flush as an app runs it that knows its isolation level: again, if PostgreSQL could not serialize it. */
async function flush(
  { orm }: Field,
  { id }: Racer,
  change: (user: User, em: ReturnType<Field['orm']['em']['fork']>) => unknown,
): Promise<void> {
  for (;;) {
    const em = orm.em.fork();
    change(await em.findOneOrFail(User, id), em);
    try {
      await em.flush();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '40001') throw error;
    }
  }
}

describe.each(['read committed', 'repeatable read'])('at %s', (level) => {
  let arena: Arena;
  let field: Field;

  beforeAll(async () => {
    const options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
    arena = await openArena({ driverOptions: { options } });
    const contest = await arena.enter({
      throttle: { login: false },
      credentialFields: ['passwordHash'],
      async verifyCredentials({ input, em }) {
        const user = await em.findOne(User, { username: input.username });
        return user !== null && (user.passwordHash ?? password) === input.password ? user : null;
      },
    });
    const { adminRouter } = createDurinAdmin(contest.durin, { isAdmin: () => true });
    const { token } = await contest.durin.tokens.issue({ user: contest.userId, client: 'cli' });
    const admin = () => adminRouter.createCaller(contest.durin.createContext(requestOf({ token })));
    field = {
      ...contest,
      issueAsAdmin: (user) => admin().tokens.issue({ user, client: 'web' }),
      rollAsAdmin: (key) => admin().keys.roll({ id: key }),
    };
  });
  afterAll(() => arena.close());

  async function prepare(): Promise<Racer[]> {
    await field.durin.clients.sync();
    const ids = await arena.addUsers(width);
    const users = await field.orm.em.fork().find(User, ids);
    return Promise.all(
      users.map(async (user) => {
        const { id, username } = user;
        const issue = async (client: 'web' | 'cli' | 'keys') => {
          const { token, auth } = await field.durin.tokens.issue({ user: id, client });
          return { id: auth.id, token };
        };
        const [web, cli, key] = [await issue('web'), await issue('cli'), await issue('keys')];
        return { id, username, user, web, cli, keyId: key.id };
      }),
    );
  }

  /** Runs one round. Returns what is wrong after it; `null`: nothing. */
  async function race(racer: Racer, operation: string, end: string): Promise<string | null> {
    const working = operations[operation]?.(field, racer).catch(refusalOf);
    await wait(Math.floor(Math.random() * 4));
    await ends[end]?.(field, racer, operation);
    const result = await working;
    if (end === 'deactivation') await field.orm.em.fork().nativeUpdate(User, racer.id, { isActive: true });
    if (result === undefined || refusals.has(result)) return null;
    const seen = await field.callAs({ token: result }).me().catch(codeOf);
    return seen in outcomes ? null : `${operation} against ${end}: ${result.length > 40 ? 'a valid token' : result}`;
  }

  const outcomes = { INVALID_TOKEN: true, TOKEN_EXPIRED: true, USER_INACTIVE: true };

  test('the database has that default', async () => {
    const [row] = await arena.orm.em.getConnection().execute('show default_transaction_isolation');
    expect(row).toEqual({ default_transaction_isolation: level });
  });

  test.each(Object.keys(ends))('nothing that is under way survives: %s', async (end) => {
    for (const operation of Object.keys(operations)) {
      const faults: (string | null)[] = [];
      for (let round = 0; round < rounds; round += width) {
        const racers = await prepare();
        faults.push(...(await Promise.all(racers.map((racer) => race(racer, operation, end)))));
      }
      expect(faults.filter((fault) => fault !== null)).toEqual([]);
    }
  });
});
