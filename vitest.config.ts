import { defineConfig } from 'vitest/config';
import { createSkipReporter, hasPostgres } from './test/support/skipped.ts';

/** Tests that need no database. */
const pure = ['words', 'project', 'types', 'readme'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a real PostgreSQL: races, outages, prepared statements. */
const realPostgres = ['test/postgres/**/*.test.ts'];
/** Programs that are run as a user would run them. */
const programs = ['test/programs/**/*.test.ts'];

const database = {
  include: ['test/**/*.test.ts'],
  exclude: [...pure, ...realPostgres, ...programs],
  testTimeout: 20_000,
  hookTimeout: 60_000,
};

const postgres = {
  test: {
    ...database,
    name: 'postgres',
    exclude: [...pure, ...programs],
    globalSetup: 'test/support/global-postgres.ts',
    testTimeout: 60_000,
  },
};

const isCI = Boolean(process.env['CI']);
const withPostgres = hasPostgres();
const noPostgres = `all that runs on PostgreSQL: no binary for ${process.platform}-${process.arch}, and no DATABASE_URL`;
if (isCI && !withPostgres) throw new Error(`This is CI, and it would skip ${noPostgres}`);

export default defineConfig({
  test: {
    reporters: [createSkipReporter(withPostgres ? [] : [noPostgres], isCI), 'default'],
    projects: [
      { test: { name: 'words', include: pure, testTimeout: 60_000 } },
      { test: { ...database, name: 'pglite', provide: { postgresUrl: null } } },
      ...(withPostgres ? [postgres] : []),
      { test: { name: 'programs', include: programs, testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
