import type { Command as Program } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import type { RunCommand } from '../command.ts';
import { printable } from '../terminal.ts';
import type { DoctorFlags } from './examine.ts';
import type { Finding } from './finding.ts';

export function addDoctorCommand(program: Program, run: RunCommand): void {
  program
    .command('doctor')
    .description('examine the app, its database and what is around it, and say what to do; changes nothing')
    .option('--api <url>', 'the tRPC endpoint of the running server, to examine it as well')
    .option('--auth-path <path>', 'where its router has durinRouter', 'auth')
    .option('--origin <origin>', 'an origin whose pages call --api, for CORS')
    .option('--redis <url>', 'the Redis of the cache or of the limits')
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin doctor' +
        '\n  trpc-durin doctor --api https://api.example.org/trpc --origin https://app.example.org --redis redis://localhost:6379',
    )
    .action((flags: DoctorFlags) =>
      run(async ({ local }) => {
        if (local === null)
          throw new CliError(
            'doctor examines the code of the app, so it does not work with --url. Use --api.',
            exitCodes.misused,
          );
        const { examine } = await import('./examine.ts');
        const deps = { app: local, fetchUrl: fetch, nodeVersion: process.versions.node, folder: process.cwd() };
        const findings = await examine(deps, flags);
        const hasProblem = findings.some(({ level }) => level === 'problem');
        return {
          text: toLines(findings),
          json: findings,
          ...(hasProblem && { exitCode: exitCodes.failed }),
        };
      }),
    );
}

/** A line for each finding, and what was found most in the last one. */
function toLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ level, check, found, cure }) =>
      `${level.padEnd(7)}  ${check.padEnd(width)}  ${printable(cure === null ? found : `${found} ${cure}`)}`,
  );
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const summary = `${problems} problem${problems === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}.`;
  return [...lines, summary].join('\n');
}
