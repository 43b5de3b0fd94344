import { expect, test } from 'vitest';
import { keyWarningOf } from '../../../src/options/key-warning.ts';
import { parseOptions } from '../../../src/options/parse-options.ts';

const required = {
  orm: { getMetadata() {}, em: { getPlatform() {} } },
  entities: { User: {}, Client: {}, AuthToken: {} },
  secret: 'x'.repeat(32),
  verifyCredentials: () => null,
};
const warningOf = (options: object) => keyWarningOf(parseOptions({ ...required, ...options }));
const web = { transport: 'cookie' };

test('API keys that a cookie may create need fresh', () => {
  const clients = { web, api: { keys: {} }, ci: { keys: { createFrom: ['web'] } } };
  expect(warningOf({ clients })).toMatch(
    /Set clients\.api\.keys\.fresh and clients\.ci\.keys\.fresh, such as to '10m'/,
  );
  expect(warningOf({ clients: { web, key: {} }, apiAccess: { clientName: 'key' } })).toMatch(/Set apiAccess\.fresh,/);
});

test.each<[what: string, options: object]>([
  ['there are no keys', { clients: { web } }],
  ['they ask for the password', { clients: { web, api: { keys: { fresh: '10m' } } } }],
  ['the single key asks for it', { clients: { web, key: {} }, apiAccess: { clientName: 'key', fresh: '10m' } }],
  ['only sessions in a header create them', { clients: { web, cli: {}, api: { keys: { createFrom: ['cli'] } } } }],
  ['no session is in a cookie', { clients: { web: {}, api: { keys: {} } }, apiAccess: {} }],
])('nothing is said where %s', (_what, options) => {
  expect(warningOf(options)).toBeNull();
});
