import { MikroORM } from '@mikro-orm/postgresql';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin, DurinUsageError } from '../../../src/index.ts';
import { parseDuration } from '../../../src/values/duration.ts';
import { parseRate } from '../../../src/values/rate.ts';
import { clients, requiredOptions } from '../../support/app.ts';
import { entities, Organization, User } from '../../support/entities.ts';
import { anyText, fuzzTimeoutMs, tryOut } from '../../support/fuzz.ts';

const orm = new MikroORM({ entities, dbName: 'never connected' });
afterAll(() => orm.close(true));

/** The outcome, or the refusal; any other error is thrown. */
function attempt<T>(work: () => T): T | DurinUsageError {
  try {
    return work();
  } catch (error) {
    if (error instanceof DurinUsageError) return error;
    throw error;
  }
}

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 2 ** 31, 2 ** 53, Number.NaN, Infinity),
);
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
});

test(
  'a duration is refused, or whole seconds up to 68 years',
  async () => {
    const written = fc
      .tuple(fc.oneof(anyNumber, anyText), fc.constantFrom('s', 'm', 'h', 'd', 'w', '', 'S', ' s'))
      .map((parts) => parts.join(''));
    await tryOut('duration', fc.oneof(anyNumber, anyText, written, anything), (value) => {
      const seconds = attempt(() => parseDuration(value, 'the subject'));
      const isSeconds = Number.isInteger(seconds) && Number(seconds) > 0 && Number(seconds) <= 2_147_483_647;
      const isRefusal =
        seconds instanceof DurinUsageError && seconds.message.startsWith('the subject must be a duration');
      expect(isSeconds || isRefusal).toBe(true);
      expect(isSeconds && typeof value === 'number' ? seconds : value).toBe(value);
    });
  },
  fuzzTimeoutMs,
);

test(
  'a rate is refused, or a positive number of calls in a window',
  async () => {
    const written = fc
      .tuple(fc.oneof(anyNumber, anyText), fc.constantFrom('/s', '/m', '/h', '/d', '/w', '', 's', '/ s'))
      .map((parts) => parts.join(''));
    await tryOut('rate', fc.oneof(anyText, written, anything), (value) => {
      const quota = attempt(() => parseRate(value, 'the subject'));
      const isRefusal = quota instanceof DurinUsageError && quota.message.startsWith('the subject must be a rate');
      const isQuota =
        !(quota instanceof DurinUsageError) && quota.limit > 0 && [1, 60, 3600, 86_400].includes(quota.windowSeconds);
      expect(isRefusal || isQuota).toBe(true);
      expect(isRefusal || `${(quota as { limit: number }).limit}/` === String(value).slice(0, -1)).toBe(true);
    });
  },
  fuzzTimeoutMs,
);

/** The places of an option, and what it must be called in a refusal. */
const places: Record<string, (value: unknown) => object> = {
  orm: (value) => ({ orm: value }),
  entities: (value) => ({ entities: value }),
  'entities.User': (value) => ({ entities: { ...requiredOptions(orm).entities, User: value } }),
  'entities.Client': (value) => ({ entities: { ...requiredOptions(orm).entities, Client: value } }),
  'entities.AuthToken': (value) => ({ entities: { ...requiredOptions(orm).entities, AuthToken: value } }),
  secret: (value) => ({ secret: value }),
  clients: (value) => ({ clients: value }),
  'clients.web': (value) => ({ clients: { web: value } }),
  'clients.web.tokenTtl': (value) => ({ clients: { web: { tokenTtl: value } } }),
  'clients.web.throttleRate': (value) => ({ clients: { web: { throttleRate: value } } }),
  apiAccess: (value) => ({ apiAccess: value }),
  'apiAccess.clientName': (value) => ({ apiAccess: { clientName: value } }),
  'apiAccess.includeToken': (value) => ({ apiAccess: { includeToken: value } }),
  throttle: (value) => ({ throttle: value }),
  'throttle.rate': (value) => ({ throttle: { rate: value } }),
  'throttle.login': (value) => ({ throttle: { login: value } }),
  'throttle.login.perUser': (value) => ({ throttle: { login: { perUser: value } } }),
  'throttle.login.userKey': (value) => ({ throttle: { login: { userKey: value } } }),
};
const flat =
  'verifyCredentials defaultTokenTtl tokenLength tokenPrefix serializeUser authHeaderPrefix apiKeyHeader formatExpiry ' +
  'refreshTokenOnLogin rotateTokenOnLogin populate loginInput resolveClient loginResponse isUserActive lastUsedInterval preparedStatements trustProxy tokenInUrl now ' +
  'onListenerError notAnOption';
for (const name of flat.split(' ')) places[name] = (value) => ({ [name]: value });

/** Values that come close to being right, somewhere. */
const almost = fc.constantFrom<unknown>(
  {},
  [],
  [null],
  ['user'],
  ['__proto__'],
  ['user.constructor'],
  ['user.organization', 'user.organization.id'],
  null,
  '',
  'x'.repeat(40),
  ['x'.repeat(40), ''],
  true,
  () => null,
  User,
  Organization,
  { name: 'DurinClient' },
  z.string(),
  z.object({ client: z.string() }),
  '1d',
  '5/m',
  64,
  65,
  Symbol('option'),
  new Proxy({}, {}),
  { em: {} },
  { em: { getPlatform: () => ({}) } },
  Object.create(null),
  new Map([['web', {}]]),
  JSON.parse('{"__proto__": {"tokenTtl": "1d"}}'),
  { constructor: { tokenTtl: '1d' } },
  { web: { tokenTtl: '1d', more: 1 } },
  clients,
);

test(
  'createDurin takes an option, or refuses it by name',
  async () => {
    const values = fc.oneof(anything, almost, anyText, anyNumber);
    const names = fc.constantFrom(...Object.keys(places));
    await tryOut('option', fc.tuple(names, values), ([name, value]) => {
      const options = { ...requiredOptions(orm), ...places[name]?.(value) };
      const outcome = attempt(() => createDurin(options as never));
      const isNamed = outcome instanceof DurinUsageError && outcome.message.includes(name);
      expect(isNamed || !(outcome instanceof DurinUsageError)).toBe(true);
    });
  },
  fuzzTimeoutMs,
);
