import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/support/chromium-path.ts';
import { hasRedisServer } from './test/support/redis-server.ts';
import { createSkipReporter, hasPostgres } from './test/support/skipped.ts';

/** Tests that need no database. */
const pure = ['words', 'project', 'types', 'readme'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a real PostgreSQL: races, outages, prepared statements. */
const realPostgres = ['test/postgres/**/*.test.ts'];
/** Tests that use a Redis, the one at REDIS_URL or the system's `redis-server`. */
const realRedis = ['test/redis/**/*.test.ts'];
/** Tests that stop a Redis, or freeze it, which has to be their own. */
const ownRedis = [
  'test/redis/**/*-outage.test.ts',
  'test/redis/failure.test.ts',
  'test/programs/cached-exit.test.ts',
  'test/programs/four-processes.test.ts',
];
/** Tests of what is before the database, which need one and not each kind of it. */
const anyDatabase = ['adapters', 'fuzz'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests of the SDK. They fake the time, which must not go on while a real server is asked. */
const sdk = ['test/client/**/*.test.ts'];
/** Programs that are run as a user would run them. */
const programs = ['test/programs/**/*.test.ts'];
/** Those of them that are a load for minutes and measure how long others notice, so nothing runs beside them. */
const load = ['test/programs/four-processes.test.ts'];
/** Web pages, in a Chromium. */
const browser = ['test/browser/**/*.test.ts'];
/** Those of them that are about a large database. */
const browserOnPostgres = ['test/browser/admin-million-tokens.test.ts'];

const isCI = Boolean(process.env['CI']);
const withPostgres = hasPostgres();
const withoutRedis = hasRedisServer()
  ? []
  : process.env['REDIS_URL'] === undefined
    ? [...realRedis, ...ownRedis]
    : ownRedis;
const withChromium = hasChromium();
const missing = [
  ...(withPostgres
    ? []
    : [`all that runs on PostgreSQL: no binary for ${process.platform}-${process.arch}, and no DATABASE_URL`]),
  ...(withoutRedis.length > 0 ? [`${withoutRedis.join(', ')}: no redis-server is installed`] : []),
  ...(withChromium ? [] : [`${browser.join(', ')}: no Chromium is installed, and CHROMIUM names none`]),
];
if (isCI && missing.length > 0) throw new Error(`This is CI, and it would skip ${missing.join('; ')}`);

const database = {
  include: ['test/**/*.test.ts'],
  exclude: [...pure, ...realPostgres, ...realRedis, ...programs, ...browser],
  testTimeout: 20_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
};

const onPglite = withPostgres ? { exclude: [...database.exclude, ...anyDatabase] } : {};

const postgres = {
  test: {
    ...database,
    name: 'postgres',
    exclude: [...pure, ...sdk, ...programs, ...browser, ...withoutRedis],
    globalSetup: 'test/support/global-postgres.ts',
    testTimeout: 60_000,
  },
};

const program = { provide: { postgresUrl: null }, testTimeout: 300_000, hookTimeout: 300_000 };

const inBrowser = {
  test: {
    name: 'browser',
    include: browser,
    exclude: withPostgres ? [] : browserOnPostgres,
    globalSetup: ['test/browser/build-pages.ts', ...(withPostgres ? ['test/support/global-postgres.ts'] : [])],
    ...(withPostgres ? {} : { provide: { postgresUrl: null } }),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
};

export default defineConfig({
  test: {
    maxWorkers: '100%', // by default one core is left idle, which is half of two
    reporters: [createSkipReporter(missing, isCI), 'default'],
    projects: [
      { test: { name: 'words', include: pure, testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { ...database, ...onPglite, name: 'pglite', provide: { postgresUrl: null } } },
      ...(withPostgres ? [postgres] : []),
      ...(withChromium ? [inBrowser] : []),
      { test: { ...program, name: 'programs', include: programs, exclude: [...load, ...withoutRedis] } },
      { test: { ...program, name: 'load', include: load, exclude: withoutRedis, sequence: { groupOrder: 1 } } },
    ],
  },
});
