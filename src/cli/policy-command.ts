import type { Command as Program } from 'commander';
import type { ProcedurePolicy } from '../trpc/policies/policy-of.ts';
import { parseDuration } from '../values/duration.ts';
import { CliError, exitCodes } from './cli-error.ts';
import type { CommandDeps, RunCommand } from './command.ts';
import { toTable } from './terminal.ts';
import { printTokenTtl } from './token-ttl.ts';

interface PolicyFlags {
  readonly router?: string;
  readonly export: string;
}

export function addPolicyCommand(program: Program, run: RunCommand): void {
  program
    .command('policy')
    .description('list who may call each procedure of a router')
    .option('--router <file>', 'the module that exports the router; with --url, the server knows it')
    .option('--export <name>', "the router's name in that module", 'appRouter')
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin policy --router src/router.ts' +
        '\n  trpc-durin policy --router src/router.ts --export adminRouter --json > policy.json',
    )
    .action((flags: PolicyFlags) =>
      run(async (deps) => {
        const policies = await listPolicies(deps, flags);
        if (policies.length > 0 && policies.every(({ guard }) => guard === 'open')) {
          deps.terminal.printError(
            'No procedure has a guard of this durin. Does the router use the durin that the config file exports?',
          );
        }
        return {
          text: policies.length === 0 ? 'The router has no procedures.' : toPolicyTable(policies),
          json: policies,
        };
      }),
    );
}

/** The policies of a router that is imported here, or of the one that a server shows its admins. */
async function listPolicies({ admin, local }: CommandDeps, { router, export: name }: PolicyFlags) {
  if (local !== null) {
    if (router === undefined) throw misused("required option '--router <file>' not specified");
    const { loadRouter } = await import('./local/load-router.ts');
    return local.policyOf(await loadRouter(router, name));
  }
  if (router !== undefined)
    throw misused('--router imports code of the app, and a server is asked with --url. Leave out one of them.');
  const policies = await admin.policy.list();
  if (policies === null)
    throw new CliError('The server does not show its policies: see the option router of createDurinAdmin.');
  return policies;
}

function misused(sentence: string): CliError {
  return new CliError(sentence, exitCodes.misused);
}

function toPolicyTable(policies: readonly ProcedurePolicy[]): string {
  const columns = {
    PROCEDURE: ({ path }) => path,
    TYPE: ({ type }) => type,
    GUARD: ({ guard }) => guard,
    KEYS: ({ keys }) => (keys ? 'yes' : ''),
    CLIENTS: describeClients,
    SCOPES: describeScopes,
    FRESH: ({ fresh }) => (fresh === null ? '' : printTokenTtl(parseDuration(fresh, 'fresh'))),
    RATE: ({ rate }) => rate ?? '',
  } satisfies Record<string, (policy: ProcedurePolicy) => string>;
  const cells = Object.values(columns);
  return toTable(
    Object.keys(columns),
    policies.map((policy) => cells.map((cell) => cell(policy))),
  );
}

/** `web, cli`, `none`, or `all but kiosk`. Empty: all. */
function describeClients({ clients, exceptClients }: ProcedurePolicy): string {
  if (clients === null) return exceptClients === undefined ? '' : `all but ${exceptClients.join(', ')}`;
  return clients.length === 0 ? 'none' : clients.join(', ');
}

/** `read, write`, `one of read, write`, or several of them. Empty: none is needed. */
function describeScopes({ scopes, anyScope }: ProcedurePolicy): string {
  const choices = anyScope?.map((list) => `one of ${list.join(', ')}`) ?? [];
  return [...(scopes === null ? [] : [scopes.join(', ')]), ...choices].join(' and ');
}
