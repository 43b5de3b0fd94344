import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const byPassword = { username: z.string(), password: z.string() };
const byCode = { email: z.email(), code: z.string() };

/** A schema, an input that it accepts besides `client`, what it makes of it, and an input that it refuses. */
const schemas: [string, z.core.$ZodType<object, object>, given: object, parsed: object, wrong: object][] = [
  ['an object', z.object(byPassword), { username: 'a', password, more: 1 }, { username: 'a', password }, {}],
  [
    'a strict object',
    z.strictObject(byPassword),
    { username: 'a', password },
    { username: 'a', password },
    { more: 1 },
  ],
  ['a loose object', z.looseObject(byPassword), { username: 'a', password, x: 1 }, { username: 'a', x: 1 }, {}],
  [
    'an object of zod/mini',
    mini.object({ email: mini.email() }),
    { email: 'a@b.cd' },
    { email: 'a@b.cd' },
    { email: 5 },
  ],
  [
    'a discriminated union',
    z.discriminatedUnion('by', [
      z.object({ by: z.literal('password'), ...byPassword }),
      z.strictObject({ by: z.literal('code'), ...byCode }),
    ]),
    { by: 'code', email: 'a@b.cd', code: '1' },
    { by: 'code', email: 'a@b.cd', code: '1' },
    { by: 'code', username: 'a', password },
  ],
  ['a union', z.union([z.object(byPassword), z.object(byCode)]), { email: 'a@b.cd', code: '1' }, { code: '1' }, {}],
  [
    'a transform',
    z.object(byCode).transform(async ({ email, code }) => ({ email: email.toUpperCase(), code: Number(code) })),
    { email: 'a@b.cd', code: '12' },
    { email: 'A@B.CD', code: 12 },
    { email: 'a@b.cd' },
  ],
  [
    'a refinement',
    z.object(byPassword).refine((input) => input.username !== input.password),
    { username: 'a', password },
    { username: 'a', password },
    { username: 'a', password: 'a' },
  ],
  [
    'a preprocessed object',
    z.preprocess((input: object) => ({ username: 'a', ...input }), z.object({ username: z.string() })),
    {},
    { username: 'a' },
    { username: 5 },
  ],
  [
    'an intersection',
    z.intersection(z.object(byPassword), z.object({ otp: z.string() })),
    { username: 'a', password, otp: '1' },
    { username: 'a', otp: '1' },
    { username: 'a', password },
  ],
];

describe.each(schemas)('loginInput may be %s', (_, loginInput, given, parsed, wrong) => {
  function open(withResolver: boolean) {
    const inputs: unknown[] = [];
    const durin = createDurin({
      ...app.options,
      loginInput,
      ...(withResolver && { resolveClient: () => 'web' }),
      verifyCredentials: ({ input, em }) => {
        inputs.push(input);
        return em.findOneOrFail(User, { username: 'alice' });
      },
    });
    const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
    return { inputs, login: (input: object) => auth.login(input) };
  }

  test('with the client in the input', async () => {
    const { inputs, login } = open(false);
    expect(await login({ ...given, client: 'web' })).toHaveProperty('token');
    expect(inputs).toEqual([expect.objectContaining(parsed)]);
    await expect(login(given)).rejects.toMatchObject({ durin: { code: 'NO_CLIENT' } });
    await expect(login({ ...wrong, client: 'web' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(inputs).toHaveLength(1);
  });

  test('with a client that the server resolves', async () => {
    const { inputs, login } = open(true);
    expect(await login(given)).toHaveProperty('token');
    expect(inputs).toEqual([expect.objectContaining(parsed)]);
    await expect(login(wrong)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

test('a schema that has a field client of its own is asked about it', async () => {
  const loginInput = z.strictObject({ ...byPassword, client: z.enum(['web']) });
  const durin = createDurin({ ...app.options, loginInput });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  expect(await auth.login({ username: 'alice', password, client: 'web' })).toHaveProperty('token');
  await expect(auth.login({ username: 'alice', password, client: 'cli' as 'web' })).rejects.toThrow('Invalid');
});

test('a login whose transform hides the user is refused, with a log', async () => {
  const loginInput = z.object({ phone: z.string(), pin: z.string() }).transform(({ phone }) => ({ number: phone }));
  const durin = createDurin({ ...app.options, loginInput, verifyCredentials: () => null });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const error: unknown = await auth.login({ phone: '1', pin: '2', client: 'web' }).catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
  expect(String((error as Error).cause)).toContain('throttle.login.userKey is required');
});
