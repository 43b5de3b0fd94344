import {
  anyDatabase,
  browser,
  browserSmoke,
  examples,
  fuzz,
  load,
  loadBehindProxies,
  loadInBrowser,
  loadOfFailures,
  loadOnPostgres,
  longExamples,
  longLoad,
  longRaces,
  mocking,
  packaged,
  pgliteSmoke,
  programs,
  pure,
  realPostgres,
  realRedis,
  sdk,
} from './test-files.ts';
import { isCI, withChromium, withoutRedis, withPostgres, withProxies } from './what-is-missing.ts';

const globalPostgres = 'test/support/servers/global-postgres.ts';
const globalPglite = 'test/support/servers/global-pglite.ts';
const globalChromium = 'test/support/browser/global-chromium.ts';
const forPages = ['test/e2e/browser/build-pages.ts', globalChromium];
/** A project's database is a PostgreSQL where there is one. */
const globalDatabase = withPostgres ? globalPostgres : globalPglite;

/**
 * Vitest's projects.
 * @param isFull whether everything runs at full length
 */
export function createProjects(isFull: boolean) {
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
      ...shared,
      name: 'browser',
      include: isCI || isFull ? browser : browserSmoke,
      provide: onAny,
      globalSetup: [...forPages, globalDatabase],
      testTimeout: 60_000,
    },
  };
  const asPrograms = {
    test: {
      ...shared,
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
      exclude: isFull ? withoutRedis : longExamples,
      globalSetup: globalChromium,
    },
  };
  const missingUnderLoad = [
    ...withoutRedis,
    ...(withPostgres ? [] : loadOnPostgres),
    ...(withChromium ? [] : loadInBrowser),
    ...(withProxies ? [] : loadBehindProxies),
  ];
  const underLoad = {
    test: {
      ...database,
      name: 'load',
      include: [...load, ...(isFull ? fuzz : []), ...(isFull && withPostgres ? longRaces : [])],
      exclude: [...missingUnderLoad, ...(isFull ? [] : [...longLoad, ...loadOfFailures])],
      provide: onAny,
      globalSetup: [...(withChromium && isFull ? forPages : []), globalDatabase],
      fileParallelism: false,
      sequence: { groupOrder: 2 },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  };
  const failuresUnderLoad = {
    test: {
      ...database,
      name: 'load-failures',
      include: loadOfFailures,
      exclude: missingUnderLoad,
      provide: onAny,
      sequence: { groupOrder: 1 },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  };

  return [
    unit,
    mocked,
    pglite,
    ...(withPostgres ? [postgres] : []),
    ...(withChromium ? [inBrowser] : []),
    asPrograms,
    asPackage,
    ...(withChromium ? [asExamples] : []),
    underLoad,
    ...(isFull ? [] : [failuresUnderLoad]),
  ];
}
