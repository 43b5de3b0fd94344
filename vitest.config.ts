import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/support/browser/chromium-path.ts';
import { hasRedisServer } from './test/support/servers/redis-server.ts';
import { createSkipReporter, hasPostgres } from './test/support/servers/skipped.ts';

/** Tests that need no database. */
const pure = ['unit', 'project', 'types', 'docs'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a real PostgreSQL: races, outages, prepared statements. */
const realPostgres = ['races', 'postgres'].map((folder) => `test/integration/${folder}/**/*.test.ts`);
/** Tests that use a Redis, the one at REDIS_URL or the system's `redis-server`. */
const realRedis = ['test/integration/redis/**/*.test.ts'];
/** Tests that stop a Redis, or freeze it, which has to be their own. */
const ownRedis = [
  'test/integration/redis/**/*-outage.test.ts',
  'test/integration/redis/failure.test.ts',
  'test/e2e/programs/cached-exit.test.ts',
  'test/load/four-processes.test.ts',
];
/** Tests of what is before the database, which need one and not each kind of it. */
const anyDatabase = ['adapters', 'http', 'fuzz'].map((folder) => `test/integration/${folder}/**/*.test.ts`);
/** Tests of the SDK. They fake the time, which must not go on while a real server is asked. */
const sdk = ['test/integration/client/**/*.test.ts', 'test/regressions/client/**/*.test.ts'];
/** Programs that are run as a user would run them. */
const programs = ['test/e2e/programs/**/*.test.ts'];
/** A load for minutes that measures how long others notice, so nothing runs beside it. */
const load = ['test/load/four-processes.test.ts'];
/** A page about a large database, in a Chromium. */
const browserOnPostgres = ['test/load/admin-million-tokens.test.ts'];
/** Web pages, in a Chromium. */
const browser = ['test/e2e/{quickstart,admin,browser}/**/*.test.ts', ...browserOnPostgres];

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
  include: ['test/{integration,regressions}/**/*.test.ts'],
  exclude: [...realPostgres, ...realRedis],
  testTimeout: 20_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
};

const onPglite = withPostgres ? { exclude: [...database.exclude, ...anyDatabase] } : {};

const postgres = {
  test: {
    ...database,
    name: 'postgres',
    exclude: [...sdk, ...withoutRedis],
    globalSetup: 'test/support/servers/global-postgres.ts',
    testTimeout: 60_000,
  },
};

const program = { provide: { postgresUrl: null }, testTimeout: 300_000, hookTimeout: 300_000 };

const inBrowser = {
  test: {
    name: 'browser',
    include: browser,
    exclude: withPostgres ? [] : browserOnPostgres,
    globalSetup: [
      'test/e2e/browser/build-pages.ts',
      ...(withPostgres ? ['test/support/servers/global-postgres.ts'] : []),
    ],
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
      { test: { name: 'unit', include: pure, testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { ...database, ...onPglite, name: 'pglite', provide: { postgresUrl: null } } },
      ...(withPostgres ? [postgres] : []),
      ...(withChromium ? [inBrowser] : []),
      { test: { ...program, name: 'programs', include: programs, exclude: withoutRedis } },
      { test: { ...program, name: 'load', include: load, exclude: withoutRedis, sequence: { groupOrder: 1 } } },
    ],
  },
});
