/** The files of the tests, by what they need and how long they take. */

/** Tests that need no database. */
export const pure = ['unit', 'project', 'types', 'docs'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a real PostgreSQL: races, outages, prepared statements. */
export const realPostgres = ['integration/races', 'integration/postgres', 'regressions/postgres'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
/** Tests that use a Redis, the one at REDIS_URL or the system's `redis-server`. */
export const realRedis = ['test/integration/redis/**/*.test.ts'];
/** Tests that stop a Redis or freeze it, so it has to be their own. */
export const ownRedis = [
  'test/integration/redis/**/*-outage.test.ts',
  'test/integration/redis/failure.test.ts',
  'test/e2e/programs/cached-exit.test.ts',
  'test/e2e/programs/reload/*.test.ts',
  'test/e2e/examples/next-hot-reload.test.ts',
  'test/load/{four-processes,ending-streams,stalled-processes}.test.ts',
  'test/load/failover/*.test.ts',
  'test/integration/redis/kinds/*.test.ts',
];
/** Tests of what is in front of the database. They need one, but not each kind of it. */
export const anyDatabase = ['adapters', 'browser', 'http', 'routes', 'fuzz'].map(
  (folder) => `test/integration/${folder}/**/*.test.ts`,
);
/** Tests of the SDK. They fake the time, which must not pass while a real server is asked. */
export const sdk = ['test/integration/client/**/*.test.ts', 'test/regressions/client/**/*.test.ts'];
/**
 * What runs on PGlite as well where there is a PostgreSQL: together these execute every kind of statement.
 * `npm run test:pglite` runs everything on it.
 */
export const pgliteSmoke = [
  ...sdk,
  'test/integration/database/{entities,migrations,user-keys}.test.ts',
  'test/integration/flows/keys/{keys,roll}.test.ts',
  'test/integration/flows/{devices,last-used,lifetimes,reauthenticate,session,transactions}.test.ts',
  'test/integration/admin/{actions,clients,tokens,usage}.test.ts',
  'test/integration/upstream/api-access.test.ts',
];
/** Programs that are run as a user would run them. CI runs these after the others. */
export const programs = ['test/e2e/programs/**/*.test.ts'];
/** The package as npm publishes it, installed and used as its documents say. CI runs these after the others. */
export const packaged = ['test/e2e/package/**/*.test.ts'];
/** Examples that are copied out of the repository, installed and started as a user would, in a Chromium. */
export const examples = ['test/e2e/examples/**/*.test.ts'];
/** Of the examples, what takes long: `npm run test:load` runs it. */
export const longExamples = ['test/e2e/examples/next-hot-reload.test.ts'];
/** Loads that last minutes or measure latency, so nothing runs beside them. */
export const load = ['test/load/**/*.test.ts'];
/** Of the load tests, those that wait for servers to fail over or to stop: in the short form they run side by side. */
export const loadOfFailures = [
  'test/load/{failover/redis-failover,proxies/postgres-failover,stalled-processes}.test.ts',
];
/** Properties that are tried on random cases, many more of them at full length. */
export const fuzz = [
  'test/unit/**/fuzz-*.test.ts',
  'test/unit/cache/fence.test.ts',
  'test/unit/tokens/token-codec.test.ts',
  'test/integration/fuzz/**/*.test.ts',
];
/** Races and failures that are run far longer at full length. */
export const longRaces = [
  'test/integration/races/{endings-matrix,login-races,device-races,keys/key-races}.test.ts',
  'test/integration/redis/failure.test.ts',
];
/**
 * Tests that mock modules, load them anew, or call the getters of a package's objects, so each needs a process without the
 * modules of another.
 */
export const mocking = [
  'test/unit/{errors,cache/fence,cache/fence-mutants,throttle/login-throttle}.test.ts',
  'test/integration/{flows/cost-of-a-guarded-call,leaks/forged-reports,client/step-up/loading,client/cookies/{loading,failed-loading}}.test.ts',
  'test/integration/upstream/defects-secrets.test.ts',
  'test/regressions/cache/two-copies-in-one-process-see-each-others-logouts.test.ts',
];
/** Of the load tests, those that need a PostgreSQL, and those that need a Chromium as well. */
export const loadOnPostgres = [
  'test/load/{admin-million,many}-tokens.test.ts',
  'test/load/sizes/*.test.ts',
  'test/load/{heap-only-uses,postgres-bus,ending-streams,idle-streams,stalled-processes}.test.ts',
];
export const loadInBrowser = ['test/load/admin-million-tokens.test.ts'];
/** Of the load tests, those that need an haproxy or a pgbouncer in front of a PostgreSQL of their own. */
export const loadBehindProxies = ['test/load/proxies/**/*.test.ts'];
/** Of the load tests, what only the long form runs, because it takes a minute to fill its tables. */
export const longLoad = ['test/load/admin-million-tokens.test.ts'];
/** Web pages, in a Chromium. */
export const browser = ['test/e2e/{quickstart,admin,browser}/**/*.test.ts'];
/** The pages that `npm test` opens. `npm run test:browser` and CI open all of them. */
export const browserSmoke = [
  'test/e2e/quickstart/quickstart-{sign-in,step-up}.test.ts',
  'test/e2e/admin/admin-sign-in.test.ts',
];
