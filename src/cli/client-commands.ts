import { Option, type Command as Program } from 'commander';
import type { ClientRow } from '../admin/admin-views.ts';
import type { AtLimit } from '../values/client-fields.ts';
import type { Rate } from '../values/rate.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliError, exitCodes } from './cli-error.ts';
import { confirm, type RunCommand } from './command.ts';
import { nullIfNone, parseIdleOption, parseRateOption, parseSessionsOption, parseTtlOption } from './option-values.ts';
import { printable, toTable } from './terminal.ts';
import { printTokenTtl } from './token-ttl.ts';

interface ClientFlags {
  readonly name?: string;
  readonly tokenTtl?: number | 'never';
  readonly throttleRate?: Rate | 'none';
  readonly maxSessions?: number;
  readonly atLimit?: AtLimit;
  readonly idleTtl?: number | 'never';
  readonly maxLifetime?: number | 'never';
}

interface ListFlags {
  readonly search?: string;
  readonly sort: 'name' | 'created' | 'tokenTtl' | 'tokens';
  readonly order: 'asc' | 'desc';
}

const ttlHelp = "lifetime of its tokens: 14d, 12h, '14 00:00:00', P14D, or never";
/** What a login does at the limit. */
export const atLimitChoices: readonly AtLimit[] = ['end-oldest', 'refuse'];

const rateHelp = 'requests per user: 5/s, 100/m, 1000/h, 10000/d, or none for the default';

export function addClientCommands(program: Program, run: RunCommand): void {
  const create = program
    .command('create-client <name>')
    .description('create an API client')
    .option('--token-ttl <duration>', `${ttlHelp} (default: the option defaultTokenTtl)`, parseTtlOption)
    .option('--throttle-rate <rate>', rateHelp, parseRateOption);
  addSessionOptions(create)
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin create-client web --token-ttl 14d --throttle-rate 100/h' +
        '\n  trpc-durin create-client mobile --max-sessions 5 --idle-ttl 3d --max-lifetime 90d',
    )
    .action((name: string, flags: ClientFlags) =>
      run(async ({ admin }) => {
        const created = await admin.clients.create({ name, ...toSettings(flags) });
        return { text: `Client ${printable(created.name)} created!`, json: created };
      }),
    );

  program
    .command('list-clients')
    .description('list API clients, with the number of their tokens')
    .option('--search <text>', 'only clients whose name contains the text')
    .addOption(new Option('--sort <column>').choices(['name', 'created', 'tokenTtl', 'tokens']).default('name'))
    .addOption(new Option('--order <order>').choices(['asc', 'desc']).default('asc'))
    .addHelpText('after', '\nExample:\n  trpc-durin list-clients --sort tokens --order desc')
    .action((flags: ListFlags) =>
      run(async ({ admin }) => {
        const clients = await listAllClients(admin, flags);
        return { text: clients.length === 0 ? 'There are no clients.' : toClientTable(clients), json: clients };
      }),
    );

  const update = program
    .command('update-client <name>')
    .description('change an API client; its tokens keep their expiry until they are renewed')
    .option('--name <name>', 'the new name')
    .option('--token-ttl <duration>', ttlHelp, parseTtlOption)
    .option('--throttle-rate <rate>', rateHelp, parseRateOption);
  addSessionOptions(update)
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin update-client web --token-ttl never --throttle-rate none' +
        '\n  trpc-durin update-client mobile --max-sessions 3 --at-limit refuse --idle-ttl never',
    )
    .action((name: string, flags: ClientFlags) => {
      if (Object.keys(flags).length === 0) {
        throw new CliError('Nothing to change: pass at least one option, such as --token-ttl.', exitCodes.misused);
      }
      return run(async ({ admin }) => {
        const updated = await admin.clients.update({ name, changes: { name: flags.name, ...toSettings(flags) } });
        return { text: `Client ${printable(updated.name)} updated!`, json: updated };
      });
    });

  program
    .command('delete-client <name>')
    .description('delete an API client and all its tokens')
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', '\nExample:\n  trpc-durin delete-client kiosk --yes')
    .action((name: string, { yes }: { yes?: boolean }) =>
      run(async ({ admin, terminal }) => {
        const { tokens } = await admin.clients.get({ name });
        await confirm(terminal, `Delete the client ${printable(name)} and its ${countTokens(tokens)}?`, yes);
        const deleted = await admin.clients.delete({ name });
        const text = `Client ${printable(name)} deleted, and ${countTokens(deleted.tokens)} with it.`;
        return { text, json: { name, ...deleted } };
      }),
    );
}

/** The options that limit a user's sessions. */
function addSessionOptions(command: Program): Program {
  return command
    .option('--max-sessions <count>', 'sessions that a user may have at once, 1 to 1000', parseSessionsOption)
    .addOption(
      new Option(
        '--at-limit <action>',
        'what a login beyond that does: end the least recently used session, or refuse',
      ).choices(atLimitChoices),
    )
    .option(
      '--idle-ttl <duration>',
      'ends a session unused for this long: 3d, 12h, at least 5m, or never',
      parseIdleOption,
    )
    .option('--max-lifetime <duration>', 'ends a session this long after its login: 90d, or never', parseTtlOption);
}

function toSettings({ tokenTtl, throttleRate, maxSessions, atLimit, idleTtl, maxLifetime }: ClientFlags) {
  return {
    tokenTtl: nullIfNone(tokenTtl),
    throttleRate: nullIfNone(throttleRate),
    maxSessions,
    atLimit,
    idleTtl: nullIfNone(idleTtl),
    maxLifetime: nullIfNone(maxLifetime),
  };
}

async function listAllClients(admin: AdminCaller, { search, sort, order }: ListFlags): Promise<ClientRow[]> {
  const clients: ClientRow[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await admin.clients.list({ search, sort, order, page, perPage: 100 });
    clients.push(...items);
    if (items.length === 0 || clients.length >= total) return clients;
  }
}

function toClientTable(clients: readonly ClientRow[]): string {
  const columns = {
    NAME: ({ name }) => name,
    'TOKEN TTL': ({ tokenTtl }) => printTokenTtl(tokenTtl),
    'THROTTLE RATE': ({ throttleRate }) => throttleRate ?? 'default',
    'MAX SESSIONS': ({ maxSessions }) => String(maxSessions),
    'AT LIMIT': ({ atLimit }) => atLimit,
    'IDLE TTL': ({ idleTtl }) => printTokenTtl(idleTtl),
    'MAX LIFETIME': ({ maxLifetime }) => printTokenTtl(maxLifetime),
    TOKENS: ({ tokens }) => String(tokens),
    CREATED: ({ created }) => created.toISOString(),
  } satisfies Record<string, (client: ClientRow) => string>;
  const cells = Object.values(columns);
  return toTable(
    Object.keys(columns),
    clients.map((client) => cells.map((cell) => cell(client))),
  );
}

export function countTokens(tokens: number): string {
  return `${tokens} token${tokens === 1 ? '' : 's'}`;
}
