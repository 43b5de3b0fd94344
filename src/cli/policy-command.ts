import type { Command as Program } from 'commander';
import type { ProcedurePolicy } from '../trpc/policy-of.ts';
import { parseDuration } from '../values/duration.ts';
import type { RunCommand } from './command.ts';
import { loadRouter } from './load-router.ts';
import { toTable } from './terminal.ts';
import { printTokenTtl } from './token-ttl.ts';

interface PolicyFlags {
  readonly router: string;
  readonly export: string;
}

export function addPolicyCommand(program: Program, run: RunCommand): void {
  program
    .command('policy')
    .description('list who may call each procedure of a router')
    .requiredOption('--router <file>', 'the module that exports the router')
    .option('--export <name>', "the router's name in that module", 'appRouter')
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin policy --router src/router.ts' +
        '\n  trpc-durin policy --router src/router.ts --export adminRouter --json > policy.json',
    )
    .action(({ router: file, export: name }: PolicyFlags) =>
      run(async ({ policyOf, terminal }) => {
        const policies = await policyOf(await loadRouter(file, name));
        if (policies.length > 0 && policies.every(({ guard }) => guard === 'open')) {
          terminal.printError(
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
