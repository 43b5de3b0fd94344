import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod/v3';
import { parseOptions } from '../../../src/options/parse-options.ts';

const required = {
  orm: { getMetadata() {}, em: { getPlatform() {} } },
  entities: { User: {}, Client: {}, AuthToken: {} },
  secret: 'x'.repeat(32),
  verifyCredentials: () => null,
};
const without = (name: keyof typeof required) => ({ ...required, [name]: undefined });
const withOptions = (options: object) => ({ ...required, ...options });
const withKeys = (keys: unknown, client: object = {}) =>
  withOptions({ clients: { web: {}, api: { ...client, keys } } });

describe.each(['en', 'de'] as const)('in an app that has set the locale %s of zod', (locale) => {
  afterEach(() => z.config(z.locales.en()));

  test.each<[options: unknown, sentence: string]>([
    [null, 'the options must be an object'],
    [without('secret'), 'secret is required'],
    [without('verifyCredentials'), 'verifyCredentials is required'],
    [withOptions({ entities: {} }), 'entities.User is required'],
    [withOptions({ secret: 5 }), 'secret must be a string'],
    [withOptions({ secret: ['short'] }), 'secret.0 must have at least 32 characters'],
    [withOptions({ authHeaderPrefix: 5 }), 'authHeaderPrefix must be a string'],
    [withOptions({ authHeaderPrefix: [] }), 'authHeaderPrefix.0 is required'],
    [
      withOptions({ authHeaderPrefix: ['Token', 'a b'] }),
      'authHeaderPrefix.1 must be one word of at most 32 characters',
    ],
    [
      withOptions({ authHeaderPrefix: ['Token', 'token'] }),
      'authHeaderPrefix must name each scheme once, without regard to case',
    ],
    [withOptions({ apiKeyHeader: 'x api key' }), "apiKeyHeader must be the name of a header, such as 'x-api-key'"],
    [withOptions({ apiKeyHeader: 'Cookie' }), 'apiKeyHeader must be another header than Authorization or Cookie'],
    [
      withOptions({ apiKeyHeader: 'authorization' }),
      'apiKeyHeader must be another header than Authorization or Cookie',
    ],
    [withOptions({ clients: 5 }), 'clients must be an object'],
    [withOptions({ clients: { web: { ttl: '1d' } } }), "unknown option of clients.web 'ttl'"],
    [withOptions({ populate: [5] }), 'populate must be a list of paths, or false'],
    [
      withOptions({ throttle: { login: 5 } }),
      'throttle.login must be false, or an object of perUser, perAddress and userKey',
    ],
    [
      withOptions({ throttle: { login: { perUser: 5 } } }),
      "throttle.login.perUser must be a rate such as '100/m', or null",
    ],
    [
      withOptions({ throttle: { prefix: 'app' } }),
      'throttle.prefix is for the keys in Redis: it must have a redis beside it',
    ],
    [withOptions({ cache: {} }), 'cache.ttl is required'],
    [withOptions({ cache: 5 }), 'cache must be an object'],
    [withOptions({ secrett: 5 }), "unknown option 'secrett'"],
  ])('%# the refusal is in English', (options, sentence) => {
    z.config(z.locales[locale]());
    expect(() => parseOptions(options as object)).toThrow(`createDurin: ${sentence}`);
  });
});

describe('scopes', () => {
  test.each<[options: object, sentence: string]>([
    [{ scopes: 'read' }, 'scopes must be a list of scopes'],
    [{ scopes: ['a b'] }, 'scopes.0 must be 1 to 64 printable ASCII characters, without space, " and \\'],
    [{ scopes: ['read', ''] }, 'scopes.1 must be 1 to 64'],
    [{ scopes: ['x'.repeat(65)] }, 'scopes.0 must be 1 to 64'],
    [{ scopes: ['a"b'] }, 'scopes.0 must be 1 to 64'],
    [{ scopes: ['a\\b'] }, 'scopes.0 must be 1 to 64'],
    [{ scopes: ['é'] }, 'scopes.0 must be 1 to 64'],
    [{ scopes: [5] }, 'scopes.0 must be 1 to 64'],
    [{ scopes: ['read', 'write', 'read'] }, "scopes must not list 'read' twice"],
    [{ scopes: Array.from({ length: 257 }, (_, index) => `s${index}`) }, 'scopes must have at most 256 scopes'],
    [{ scopesOf: ['read'] }, 'scopesOf must be a function'],
    [{ clients: { web: { scopes: 'read' } } }, 'clients.web.scopes must be a list of scopes'],
    [{ clients: { web: { scopes: ['raed'] } } }, "clients.web.scopes: no scope 'raed' in the option scopes"],
    [{ scopes: ['a'], clients: { web: { scopes: ['a', 'a'] } } }, "clients.web.scopes must not list 'a' twice"],
  ])('%# are refused by name', (options, sentence) => {
    expect(() => parseOptions(withOptions(options))).toThrow(`createDurin: ${sentence}`);
  });

  test('are none by default, and a client without any has all', () => {
    expect(parseOptions(required)).toMatchObject({ scopes: [], scopesOf: null });
    const { clients } = parseOptions(withOptions({ scopes: ['a', 'b'], clients: { web: {}, api: { scopes: [] } } }));
    expect(clients?.map(({ scopes }) => scopes)).toEqual([null, []]);
  });
});

test('a client of API keys that clients does not list is refused', () => {
  const options = { clients: { web: {}, api: {} }, apiAccess: { clientName: 'apii' } };
  expect(() => parseOptions(withOptions(options))).toThrow(
    "createDurin: apiAccess.clientName: no client 'apii' in the option clients",
  );
  expect(parseOptions(withOptions({ ...options, apiAccess: { clientName: 'api' } })).apiAccess.clientName).toBe('api');
  expect(parseOptions(withOptions({ apiAccess: { clientName: 'any' } })).apiAccess.clientName).toBe('any');
});

const userKey = ({ phone }: Readonly<Record<string, unknown>>) => String(phone);
const byPhone = z.object({ phone: z.string(), pin: z.string() });

test('a login input without a user is refused, unless no user is limited', () => {
  for (const throttle of [undefined, {}, { login: {} }, { login: { perUser: '5/m' } }])
    expect(() => parseOptions(withOptions({ loginInput: byPhone, throttle }))).toThrow(
      'createDurin: throttle.login.userKey is required, because loginInput has no username, email or login; ' +
        'or throttle.login.perUser must be null',
    );
  for (const login of [false, { perUser: null }])
    expect(
      parseOptions(withOptions({ loginInput: byPhone, throttle: { login } })).throttle.loginQuotas.perUser,
    ).toBeNull();
});

test("a login's user is its username, email or login, or from userKey", () => {
  for (const field of ['username', 'email', 'login']) {
    const loginInput = z.object({ [field]: z.string() });
    expect(parseOptions(withOptions({ loginInput })).login.userNames({ [field]: ' Alice ' })).toEqual(['alice']);
  }
  const { login } = parseOptions(withOptions({ loginInput: byPhone, throttle: { login: { userKey } } }));
  expect(login.userNames({ phone: '123' })).toEqual(['123']);
});

const zod4 = 'must be a schema of zod 4, such as z.object({ … })';
const objects = 'must be a zod object, or a union, intersection or transform of zod objects: login takes an object';
test.each<[string, unknown, string]>([
  ['zod 3', z3.object({}), 'must be a schema of zod 4, and this one is of zod 3'],
  ['another library', { '~standard': { version: 1, vendor: 'valibot', validate: () => ({ value: {} }) } }, zod4],
  ['a plain object', { username: z.string() }, zod4],
  ['a string', z.string(), objects],
  ['a record', z.record(z.string(), z.string()), objects],
  ['an optional object', z.object({ username: z.string() }).optional(), objects],
  ['a union with a string', z.union([z.object({}), z.string()]), objects],
  ['an array of zod/mini', mini.array(mini.object({})), objects],
])('a loginInput of %s is refused with the reason', (_, loginInput, sentence) => {
  expect(() => parseOptions(withOptions({ loginInput }))).toThrow(`createDurin: loginInput ${sentence}`);
});

const named = z.object({ by: z.literal('name'), username: z.string() });
const nameless = z.object({ by: z.literal('phone'), phone: z.string() });

test('each alternative of a union has to say who the login is for', () => {
  const both = z.discriminatedUnion('by', [named, nameless]);
  expect(() => parseOptions(withOptions({ loginInput: both }))).toThrow('throttle.login.userKey is required');
  expect(parseOptions(withOptions({ loginInput: z.union([named, named]) })).login.userNames({ username: 'A' })).toEqual(
    ['a'],
  );
});

describe('keys', () => {
  const place = 'createDurin: clients.api.keys';

  test.each<[keys: unknown, sentence: string]>([
    [true, ' must be an object'],
    [{ max: 0 }, '.max must be a whole number from 1 to 1000'],
    [{ max: 1001 }, '.max must be a whole number from 1 to 1000'],
    [{ ttl: 'soon' }, '.ttl must be a duration'],
    [{ ttl: '91d', maxTtl: '90d' }, '.ttl must not be longer than maxTtl'],
    [{ ttl: null, maxTtl: '90d' }, '.ttl must not be longer than maxTtl'],
    [{ maxTtl: '1h' }, ".ttl, which is the client's tokenTtl, must not be longer than maxTtl"],
    [{ fresh: null }, '.fresh must be a duration'],
    [{ createFrom: 'web' }, '.createFrom must be a list of names'],
    [{ createFrom: ['wep'] }, ".createFrom: no client 'wep' in the option clients"],
    [{ fullAccess: 'yes' }, '.fullAccess must be true or false'],
    [{ rate: '5' }, ".rate must be a rate such as '100/m'"],
    [{ allowedNetworks: [] }, '.allowedNetworks must not be empty'],
    [{ allowedNetworks: ['10.0.0.0/33'] }, ".allowedNetworks.0 must be an address or a network, such as '10.0.0.0/8'"],
  ])('%# are refused by name', (keys, sentence) => {
    expect(() => parseOptions(withKeys(keys))).toThrow(`${place}${sentence}`);
  });

  test('are refused an unknown option', () => {
    expect(() => parseOptions(withKeys({ limit: 5 }))).toThrow(
      "createDurin: unknown option of clients.api.keys 'limit'",
    );
  });

  test('of a client that never expires are refused a longest lifetime', () => {
    expect(() => parseOptions(withKeys({ maxTtl: '1d' }, { tokenTtl: null }))).toThrow(`${place}.ttl, which is`);
    expect(parseOptions(withKeys({ maxTtl: '1d' })).keys).toMatchObject([
      { ttlSeconds: 86_400, maxTtlSeconds: 86_400 },
    ]);
  });

  test('are not those of apiAccess', () => {
    expect(() => parseOptions({ ...withKeys({}), apiAccess: { clientName: 'api' } })).toThrow(
      "createDurin: apiAccess.clientName: the client 'api' has keys",
    );
  });

  test.each([
    [{ maxSessions: 5 }, '.maxSessions must not be together with keys'],
    [{ atLimit: 'refuse' }, '.atLimit must not be together with keys'],
  ])('take no limit of sessions beside them: %o', (limit, sentence) => {
    expect(() => parseOptions(withKeys({}, limit))).toThrow(`createDurin: clients.api${sentence}`);
  });

  test('may be created from configured clients of sessions, or those named', () => {
    const clients = { web: {}, single: {}, api: { keys: {} } };
    const [byDefault] = parseOptions(withOptions({ clients, apiAccess: { clientName: 'single' } })).keys;
    const names = ['web', 'single', 'made at run time', 'api', 'toString'];
    expect(names.filter((name) => byDefault?.mayManage(name))).toEqual(['web']);
    const [fromWeb] = parseOptions(withKeys({ createFrom: ['web'] })).keys;
    expect(['web', 'made at run time', 'api'].filter((name) => fromWeb?.mayManage(name))).toEqual(['web']);
  });
});
