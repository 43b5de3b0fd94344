import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { hasChromium } from './test/support/browser/chromium-path.ts';
import { hasRedisServer } from './test/support/servers/redis-server.ts';
import { createSkipReporter, hasPostgres } from './test/support/servers/skipped.ts';

/** Tests that need no database. */
const pure = ['unit', 'project', 'types', 'docs'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a real PostgreSQL: races, outages, prepared statements. */
const realPostgres = ['integration/races', 'integration/postgres', 'regressions/postgres'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
/** Tests that use a Redis, the one at REDIS_URL or the system's `redis-server`. */
const realRedis = ['test/integration/redis/**/*.test.ts'];
/** Tests that stop a Redis or freeze it, so it has to be their own. */
const ownRedis = [
  'test/integration/redis/**/*-outage.test.ts',
  'test/integration/redis/failure.test.ts',
  'test/e2e/programs/cached-exit.test.ts',
  'test/load/{four-processes,ending-streams,redis-failover}.test.ts',
  'test/integration/redis/kinds/*.test.ts',
];
/** Tests of what is in front of the database. They need one, but not each kind of it. */
const anyDatabase = ['adapters', 'browser', 'http', 'routes', 'fuzz'].map(
  (folder) => `test/integration/${folder}/**/*.test.ts`,
);
/** Tests of the SDK. They fake the time, which must not pass while a real server is asked. */
const sdk = ['test/integration/client/**/*.test.ts', 'test/regressions/client/**/*.test.ts'];
/**
 * What runs on PGlite as well where there is a PostgreSQL: together these execute every kind of statement.
 * `npm run test:pglite` runs everything on it.
 */
const pgliteSmoke = [
  ...sdk,
  'test/integration/database/{entities,migrations,user-keys}.test.ts',
  'test/integration/flows/keys/{keys,roll}.test.ts',
  'test/integration/flows/{devices,last-used,lifetimes,reauthenticate,session,transactions}.test.ts',
  'test/integration/admin/{actions,clients,tokens,usage}.test.ts',
  'test/integration/upstream/api-access.test.ts',
];
/** Programs that are run as a user would run them. CI runs these after the others. */
const programs = ['test/e2e/programs/**/*.test.ts'];
/** The package as npm publishes it, installed and used as its documents say. CI runs these after the others. */
const packaged = ['test/e2e/package/**/*.test.ts'];
/** Examples that are copied out of the repository, installed and started as a user would, in a Chromium. */
const examples = ['test/e2e/examples/**/*.test.ts'];
/** Of the examples, what takes long: `npm run test:load` runs it. */
const longExamples = ['test/e2e/examples/next-hot-reload.test.ts'];
/** Loads that last minutes or measure latency, so nothing runs beside them. */
const load = ['test/load/**/*.test.ts'];
/** Properties that are tried on random cases, many more of them at full length. */
const fuzz = [
  'test/unit/**/fuzz-*.test.ts',
  'test/unit/cache/fence.test.ts',
  'test/unit/tokens/token-codec.test.ts',
  'test/integration/fuzz/**/*.test.ts',
];
/** Races and failures that are run far longer at full length. */
const longRaces = [
  'test/integration/races/{endings-matrix,login-races,device-races,keys/key-races}.test.ts',
  'test/integration/redis/failure.test.ts',
];
/** Tests that mock modules or load them anew, so each needs a process without the modules of another. */
const mocking = [
  'test/unit/{errors,cache/fence,cache/fence-mutants,throttle/login-throttle}.test.ts',
  'test/integration/{flows/cost-of-a-guarded-call,leaks/forged-reports,client/step-up/loading}.test.ts',
  'test/regressions/cache/two-copies-in-one-process-see-each-others-logouts.test.ts',
];
/** Of the load tests, those that need a PostgreSQL, and those that need a Chromium as well. */
const loadOnPostgres = [
  'test/load/{admin-million,many}-tokens.test.ts',
  'test/load/{heap-only-uses,postgres-bus,ending-streams,idle-streams}.test.ts',
];
const loadInBrowser = ['test/load/admin-million-tokens.test.ts'];
/** Of the load tests, what only the long form runs, because it takes a minute to fill its tables. */
const longLoad = ['test/load/admin-million-tokens.test.ts'];
/** Web pages, in a Chromium. */
const browser = ['test/e2e/{quickstart,admin,browser}/**/*.test.ts'];
/** The pages that `npm test` opens. `npm run test:browser` and CI open all of them. */
const browserSmoke = [
  'test/e2e/quickstart/quickstart-{sign-in,step-up,keys,live}.test.ts',
  'test/e2e/admin/admin-sign-in.test.ts',
];

// Node keeps the compiled packages here, so that not each process compiles the ORM.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'node');

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
  ...(withChromium
    ? []
    : [`${[...browser, ...examples, ...loadInBrowser].join(', ')}: no Chromium is installed, and CHROMIUM names none`]),
];
if (isCI && missing.length > 0) throw new Error(`This is CI, and it would skip ${missing.join('; ')}`);
if (withChromium && !isCI) missing.push('most tests of the web pages: npm run test:browser runs them, and so does CI');

const globalPostgres = 'test/support/servers/global-postgres.ts';
const globalPglite = 'test/support/servers/global-pglite.ts';
const globalChromium = 'test/support/browser/global-chromium.ts';
const forPages = ['test/e2e/browser/build-pages.ts', globalChromium];
/** A project's database is a PostgreSQL where there is one. */
const globalDatabase = withPostgres ? globalPostgres : globalPglite;

export default defineConfig(({ mode }) => {
  const isFull = mode === 'full';
  const provide = { testLength: isFull ? 'full' : 'short' } as const;
  const onPglite = { ...provide, postgresUrl: null };
  const onAny = withPostgres ? provide : onPglite;

  const database = {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  };
  const everywhere = ['test/{integration,regressions}/**/*.test.ts'];

  /** The files that a process runs share its modules, which would take longer to load than most files take to run. */
  const shared = { isolate: false };

  const unit = {
    test: {
      name: 'unit',
      ...shared,
      include: pure,
      exclude: mocking,
      provide,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
  const mocked = {
    test: {
      ...database,
      name: 'mocked',
      include: mocking,
      provide: onPglite,
      globalSetup: globalPglite,
      testTimeout: 60_000,
    },
  };
  const pglite = {
    test: {
      ...database,
      ...shared,
      name: 'pglite',
      include: withPostgres && !isFull ? pgliteSmoke : everywhere,
      exclude: [...mocking, ...realPostgres, ...realRedis, ...(withPostgres ? anyDatabase : [])],
      provide: onPglite,
      globalSetup: globalPglite,
    },
  };
  const postgres = {
    test: {
      ...database,
      ...shared,
      name: 'postgres',
      include: everywhere,
      exclude: [...mocking, ...sdk, ...withoutRedis],
      provide,
      globalSetup: globalPostgres,
      testTimeout: 60_000,
    },
  };
  const inBrowser = {
    test: {
      ...database,
      name: 'browser',
      include: isCI || isFull ? browser : browserSmoke,
      provide: onAny,
      globalSetup: [...forPages, globalDatabase],
      testTimeout: 60_000,
    },
  };
  const asPrograms = {
    test: {
      name: 'programs',
      include: programs,
      exclude: withoutRedis,
      provide: onPglite,
      globalSetup: globalPglite,
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  };
  const asPackage = { test: { ...asPrograms.test, name: 'package', include: packaged } };
  const asExamples = {
    test: {
      ...asPrograms.test,
      name: 'examples',
      include: examples,
      exclude: isFull ? [] : longExamples,
      globalSetup: globalChromium,
    },
  };
  const underLoad = {
    test: {
      ...database,
      name: 'load',
      include: [...load, ...(isFull ? fuzz : []), ...(isFull && withPostgres ? longRaces : [])],
      exclude: [
        ...withoutRedis,
        ...(withPostgres ? [] : loadOnPostgres),
        ...(withChromium ? [] : loadInBrowser),
        ...(isFull ? [] : longLoad),
      ],
      provide: onAny,
      globalSetup: [...(withChromium && isFull ? forPages : []), globalDatabase],
      fileParallelism: false,
      sequence: { groupOrder: 1 },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  };

  return {
    test: {
      maxWorkers: availableParallelism() + 1, // tests wait for servers and browsers a quarter of the time
      reporters: [createSkipReporter(missing, isCI), 'default'],
      projects: [
        unit,
        mocked,
        pglite,
        ...(withPostgres ? [postgres] : []),
        ...(withChromium ? [inBrowser] : []),
        asPrograms,
        asPackage,
        ...(withChromium ? [asExamples] : []),
        underLoad,
      ],
    },
  };
});
