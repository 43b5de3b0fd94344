import type { TestProject } from 'vitest/node';
import { dropTemplates } from './database-server.ts';
import { startPostgres } from './postgres-server.ts';

/** Gives the tests a PostgreSQL: the one at `DATABASE_URL`, or one that is started for this run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) {
    project.provide('postgresUrl', given);
    return () => dropTemplates(given);
  }
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
