import { Option, type Command as Program } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import type { RunCommand } from '../command.ts';
import { printable } from '../terminal.ts';
import type { DoctorFlags } from './examine.ts';
import type { Finding } from './finding.ts';

/** How long it waits for the database, for Redis and for an answer of the server, in milliseconds. */
const timeoutMs = 5000;

export function addDoctorCommand(program: Program, run: RunCommand): void {
  program
    .command('doctor')
    .description('examine the app, its database and what is around it, and say what to do; changes nothing')
    .option('--api <url>', 'the tRPC endpoint of the running server, to examine it as well', parseApiOption)
    .option('--auth-path <path>', 'where its router has durinRouter', 'auth')
    .option('--origin <origin>', 'an origin whose pages call --api, for CORS')
    .addOption(
      new Option(
        '--redis <url>',
        'the Redis of the cache or of the limits: a server, one of a cluster, or a sentinel',
      ).env('DURIN_REDIS'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin doctor' +
        '\n  trpc-durin doctor --api https://api.example.org/trpc --origin https://app.example.org --redis redis://localhost:6379',
    )
    .action((flags: DoctorFlags, command: Program) =>
      run(async ({ local, terminal }) => {
        if (local === null)
          throw new CliError(
            'doctor examines the code of the app, so it does not work with --url. Use --api.',
            exitCodes.misused,
          );
        if (command.getOptionValueSource('redis') === 'cli' && hasPassword(flags.redis))
          terminal.printError('warning: Other users of this machine can see the password in --redis. Use DURIN_REDIS.');
        const { examine } = await import('./examine.ts');
        const deps = {
          app: local,
          fetchUrl: fetch,
          nodeVersion: process.versions.node,
          folder: process.cwd(),
          timeoutMs,
        };
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

/** Throws no `InvalidArgumentError`: its message would repeat a password. */
function parseApiOption(typed: string): string {
  const url = URL.parse(typed);
  const isAddress = url !== null && ['http:', 'https:'].includes(url.protocol) && url.search + url.hash === '';
  if (isAddress && url.username + url.password === '') return typed;
  throw new CliError(
    '--api must be the address of the tRPC endpoint, such as https://example.org/trpc, without a user or a query.',
    exitCodes.misused,
  );
}

function hasPassword(url = ''): boolean {
  return (URL.parse(url)?.password ?? '') !== '';
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
