import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { closeDatabase } from '../../support/database.ts';
import { User } from '../../support/entities.ts';
import { anyText, fuzzTimeoutMs, marker, nearMisses, tryOut } from '../../support/fuzz.ts';
import { openCountedDatabase } from '../../support/statement-counter.ts';
import { noteUncaught } from '../../support/uncaught.ts';
import { createWire } from '../../support/wire.ts';

let app: Awaited<ReturnType<typeof openApp>>;
const uncaught = noteUncaught();
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => closeDatabase(app.orm));

async function openApp() {
  const { orm, statements } = await openCountedDatabase();
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
  const durin = createDurin({ ...requiredOptions(orm), clients });
  await durin.clients.sync();
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const { token } = await durin.tokens.issue({ user: alice, client: 'web' });
  return { orm, statements, durin, router, token, forged: fc.oneof(anyText, nearMisses(token)) };
}

/** Runs it, and tells of the statements that it took. */
async function counted<T>(work: () => Promise<T>) {
  const before = app.statements();
  const value = await work();
  return { value, statements: app.statements() - before };
}

const refusalCodes = ['NO_CREDENTIALS', 'MALFORMED_HEADER', 'INVALID_TOKEN'];

test('the true token is let in, with one statement', async () => {
  const { value, statements } = await counted(() => app.durin.authenticate(app.token));
  expect(value.user.username).toBe('alice');
  expect(statements).toBe(1);
});

test(
  'a guarded procedure refuses any odd call without a statement',
  async () => {
    const value = fc.oneof(fc.anything(), app.forged, fc.array(app.forged), fc.constant('Token'));
    const scheme = fc.constantFrom('Token ', 'token\t', 'Bearer ', '');
    const header = fc.oneof(
      value,
      fc.tuple(scheme, app.forged).map((parts) => parts.join('')),
    );
    const headers = fc.oneof(
      fc.record(
        { authorization: header, Authorization: header, 'x-forwarded-for': value, get: value },
        { requiredKeys: [] },
      ),
      fc.anything(),
    );
    const info = fc.oneof(
      fc.record({ connectionParams: fc.oneof(fc.record({ authorization: header }), fc.anything()) }),
      fc.anything(),
    );
    const call = fc.record(
      { req: fc.oneof(fc.record({ headers }), fc.anything()), event: fc.anything(), info },
      { requiredKeys: [] },
    );
    await tryOut('adapter call', call, async (given) => {
      const { value: code, statements } = await counted(async () => {
        const request = app.router.createCaller(app.durin.createContext(given));
        return request.me().catch(codeOf);
      });
      expect(refusalCodes).toContain(code);
      expect(statements).toBe(0);
    });
  },
  fuzzTimeoutMs,
);

test(
  'durin.authenticate refuses any odd value without a statement',
  async () => {
    const source = fc.oneof(
      { weight: 3, arbitrary: app.forged },
      fc.record({ authorization: app.forged }),
      fc.record({ headers: fc.oneof(fc.anything(), fc.record({ authorization: app.forged })) }),
      fc.anything(),
    );
    await tryOut('authenticate source', source, async (given) => {
      const { value: code, statements } = await counted(() => app.durin.authenticate(given as string).catch(codeOf));
      expect(refusalCodes).toContain(code);
      expect(statements).toBe(0);
    });
  },
  fuzzTimeoutMs,
);

test(
  'a forged token gets a 401 that does not quote it, and no statement',
  async () => {
    const wire = createWire(app.router, app.durin);
    const octets = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes).replaceAll(/[\0\r\n]/g, ''));
    const header = fc
      .oneof(
        octets,
        nearMisses(app.token).filter((near) => /^[\x20-\x7e]*$/.test(near)),
      )
      .map((text) => `Token ${marker}${text}`);
    const path = fc.constantFrom(
      'me',
      'auth.logout',
      'auth.refresh',
      'auth.sessions.list',
      'auth.sessions.revokeOthers',
      'auth.apiAccess.create',
    );
    await tryOut('forged request', fc.tuple(path, header), async ([procedure, authorization]) => {
      const { value: answer, statements } = await counted(() => wire.call(procedure, { header: authorization }));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Token realm="api", error="invalid_token"');
      expect(refusalCodes).toContain(answer.error?.data.durin?.code);
      expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(marker);
      expect(statements).toBe(0);
    });
  },
  fuzzTimeoutMs,
);

test('in all of this nothing was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
