import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { createProjects } from './test/support/run/projects.ts';
import { createTemporaryFolder } from './test/support/run/temporary-folder.ts';
import { isCI, missing } from './test/support/run/what-is-missing.ts';
import { createSkipReporter } from './test/support/servers/skipped.ts';

// Node keeps the compiled packages here, so that not each process compiles the ORM.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'node');

export default defineConfig(({ mode }) => {
  const isFull = mode === 'full';
  if (!isFull) process.env['TMPDIR'] ??= createTemporaryFolder(); // tables of millions of rows stay on the disk
  return {
    test: {
      maxWorkers: availableParallelism() + 1, // tests wait for servers, browsers and timers
      reporters: [createSkipReporter(missing, isCI), 'default'],
      projects: createProjects(isFull),
    },
  };
});
