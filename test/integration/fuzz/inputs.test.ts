import type { EntityManager } from '@mikro-orm/core';
import type { TRPCError } from '@trpc/server';
import fc from 'fast-check';
import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin } from '../../../src/index.ts';
import { clients, requiredOptions, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { entities, User } from '../../support/entities.ts';
import { anyText, fuzzTimeoutMs, markedJson, marker, tryOut } from '../../support/fuzz.ts';
import { noteUncaught } from '../../support/uncaught.ts';
import { createWire } from '../../support/wire.ts';

let app: Awaited<ReturnType<typeof openApp>>;
const uncaught = noteUncaught();
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => closeDatabase(app.orm));

async function openApp() {
  const orm = await openDatabase({ entities });
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
  const options = {
    ...requiredOptions(orm),
    clients,
    verifyCredentials: async ({ input, em: own }: { input: { username: string }; em: EntityManager }) => {
      await own.findOne(User, { username: input.username });
      return null;
    },
  };
  const durin = createDurin(options);
  await durin.clients.sync();
  const unforeseen: unknown[] = [];
  const onError = ({ error }: { error: TRPCError }) => {
    if (error.code === 'INTERNAL_SERVER_ERROR' || error.code === 'SERVICE_UNAVAILABLE') unforeseen.push(error);
  };
  const wire = createWire(t.router({ auth: durin.durinRouter }), durin, onError);
  // An app that takes any text, without the limits that the default input has.
  const lax = createDurin({ ...options, loginInput: z.looseObject({ username: z.string(), password: z.string() }) });
  const laxWire = createWire(t.router({ auth: lax.durinRouter }), lax, onError);

  let token = '';
  /** A token of alice that is valid. */
  async function session(): Promise<string> {
    const isValid = await durin.authenticate(token).then(
      () => true,
      () => false,
    );
    if (!isValid) ({ token } = await durin.tokens.issue({ user: alice, client: 'web' }));
    return token;
  }
  return { orm, wire, laxWire, session, unforeseen };
}

/** An answer with all that a caller sees of it. */
async function answerOf(response: Response) {
  return { status: response.status, seen: (await response.text()) + JSON.stringify([...response.headers]) };
}

const markedText = anyText.map((text) => text + marker);
const procedures = fc.constantFrom(
  'login',
  'logoutAll',
  'sessions.revoke',
  'sessions.revokeOthers',
  'refresh',
  'apiAccess.create',
);

test(
  'no body makes a procedure answer 5xx or quote it',
  async () => {
    const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([bytes, Buffer.from(marker), bytes]));
    const cut = fc
      .tuple(markedJson, fc.nat(100))
      .map(([json, end]) => `{"json":{"password":${marker}${json.slice(0, end)}`);
    const body = fc.oneof(
      markedText,
      octets,
      cut,
      markedJson,
      markedJson.map((json) => `{"0":{"json":${json}}}`),
    );
    const types = fc.constantFrom(
      'application/json',
      'application/json',
      'text/plain',
      'application/octet-stream',
      'multipart/form-data; boundary=x',
    );
    const query = fc.constantFrom('', '', '?batch=1');
    await tryOut('body', fc.tuple(procedures, body, types, query), async ([procedure, content, type, search]) => {
      const url = `http://localhost/auth.${procedure}${search}`;
      const headers = { 'content-type': type, authorization: `Token ${await app.session()}` };
      const request = new Request(url, { method: 'POST', headers, body: content });
      const { status, seen } = await answerOf(await app.wire.send(request));
      expect(status).toBeLessThan(500);
      expect(seen).not.toContain(marker);
    });
  },
  fuzzTimeoutMs,
);

test(
  'no input of a signed-in caller is answered 5xx or quoted',
  async () => {
    const ids = fc.oneof(
      markedText,
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
      fc.constant(null),
    );
    const kinds = ['Date', 'bigint', 'set', 'map', 'regexp', 'undefined', 'Error', 'URL', 'symbol', marker];
    const meta = fc.oneof(
      fc.dictionary(
        fc.constantFrom('id', '__proto__', 'constructor.prototype', '', '0', marker),
        fc.array(fc.constantFrom(...kinds)),
      ),
      fc.array(fc.constantFrom(...kinds)),
    );
    const json = fc.oneof(
      markedJson,
      ids.map((id) => JSON.stringify({ id })),
      fc.boolean().map((exceptApiAccess) => JSON.stringify({ exceptApiAccess })),
    );
    const input = fc
      .tuple(json, meta)
      .map(([value, values]) => `{"json":${value},"meta":{"values":${JSON.stringify(values)}}}`);
    await tryOut(
      'signed-in input',
      fc.tuple(
        fc.constantFrom('sessions.revoke', 'sessions.revoke', 'sessions.revokeOthers', 'logoutAll'),
        fc.oneof(
          input,
          json.map((value) => `{"json":${value}}`),
        ),
      ),
      async ([procedure, body]) => {
        const headers = { 'content-type': 'application/json', authorization: `Token ${await app.session()}` };
        const request = new Request(`http://localhost/auth.${procedure}`, { method: 'POST', headers, body });
        const { status, seen } = await answerOf(await app.wire.send(request));
        expect(status).toBeLessThan(500);
        expect(seen).not.toContain(marker);
      },
    );
  },
  fuzzTimeoutMs,
);

test(
  'no made-up user name, password and client logs in or causes a 5xx',
  async () => {
    const value = fc.oneof(
      { weight: 4, arbitrary: markedText },
      fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true }),
      fc.constantFrom('alice', 'web', '', '\0', '\ud800', 'x'.repeat(100_000)),
    );
    const client = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('web', 'cli', 'none') }, value);
    const input = fc.record({ username: value, password: value, client, [marker]: value }, { requiredKeys: [] });
    await tryOut('login input', fc.tuple(input, fc.boolean()), async ([given, isLax]) => {
      const { call } = isLax ? app.laxWire : app.wire;
      // Text that is no Unicode is the lax app's own to refuse: PGlite cuts statements that hold it.
      const username = typeof given.username === 'string' && isLax ? given.username.toWellFormed() : given.username;
      const answer = await call('auth.login', { body: written({ ...given, username }) });
      expect([400, 401, 429]).toContain(answer.status);
      expect(answer.text).not.toContain(marker);
    });
  },
  fuzzTimeoutMs,
);

/** As the client would send it; where superjson refuses to, as anyone can. */
function written(input: object): string {
  try {
    return superjson.stringify(input);
  } catch {
    return JSON.stringify({ json: input }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
}

test('in all of this no error was unexpected or left uncaught', () => {
  expect(app.unforeseen).toEqual([]);
  expect(uncaught).toEqual([]);
});
