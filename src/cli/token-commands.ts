import { Option, type Command as Program } from 'commander';
import type { TokenIssueInput } from '../admin/admin-inputs.ts';
import type { AdminTokenView, IssuedTokenView, UserView } from '../admin/admin-views.ts';
import { isDurinError } from '../errors.ts';
import type { AtLimit } from '../values/client-fields.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliError } from './cli-error.ts';
import { atLimitChoices, countTokens } from './client-commands.ts';
import { type CommandDeps, confirm, type RunCommand } from './command.ts';
import { findUser } from './find-user.ts';
import { nullIfNone, parseCountOption, parseScopesOption, parseTtlOption } from './option-values.ts';
import { printable, toTable } from './terminal.ts';

const tokenHeadings = ['ID', 'USER', 'CLIENT', 'NAME', 'DEVICE', 'CREATED', 'EXPIRES IN', 'LAST USED', 'FROM'];

interface ListFlags {
  readonly search?: string;
  readonly user?: string;
  readonly client?: string;
  readonly state?: 'valid' | 'expired';
  readonly sort: 'created' | 'expiry' | 'lastUsedAt';
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

interface IssueFlags {
  readonly ttl?: number | 'never';
  readonly name?: string;
  readonly scopes?: string[];
  readonly atLimit?: AtLimit;
}

export function addTokenCommands(program: Program, run: RunCommand): void {
  program
    .command('list-tokens')
    .description('list tokens with their user, client, device, expiry and last use; never shows a token itself')
    .option('--user <user>', 'only tokens of the user with this name or key')
    .option('--search <text>', 'only tokens of users whose name contains the text')
    .option('--client <name>', 'only tokens of this client')
    .addOption(new Option('--state <state>', 'only tokens in this state').choices(['valid', 'expired']))
    .addOption(new Option('--sort <column>').choices(['created', 'expiry', 'lastUsedAt']).default('created'))
    .addOption(new Option('--order <order>').choices(['asc', 'desc']).default('desc'))
    .option('--limit <count>', 'the maximum number of tokens', parseCountOption, 100)
    .addHelpText(
      'after',
      '\nExample:\n  trpc-durin list-tokens --client web --state valid --sort lastUsedAt --limit 20',
    )
    .action((flags: ListFlags) =>
      run(async (deps) => {
        const tokens = await listTokens(deps, flags);
        return { text: tokens.length === 0 ? 'No tokens found.' : toTokenTable(tokens), json: tokens };
      }),
    );

  program
    .command('issue-token <user> <client>')
    .description('issue a token to a user, given by name or key; ends a session if the client allows no more')
    .option(
      '--ttl <duration>',
      "lifetime of the token: 14d, 12h, '14 00:00:00', P14D, or never (default: the client's)",
      parseTtlOption,
    )
    .option('--name <name>', "its name in the user's list of sessions, at most 64 characters")
    .option(
      '--scopes <names>',
      "the scopes that it may have at most, separated by commas (default: all of the client's)",
      parseScopesOption,
    )
    .addOption(
      new Option('--at-limit <action>', "if the client allows no more sessions (default: the client's)").choices(
        atLimitChoices,
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin issue-token alice cli --ttl 1h' +
        "\n  trpc-durin issue-token alice web --name 'Build server' --at-limit refuse" +
        '\n  trpc-durin issue-token alice web --scopes reports:read,billing',
    )
    .action((typed: string, client: string, { ttl, ...flags }: IssueFlags) =>
      run(async ({ admin, terminal }) => {
        const user = await findUser(admin, typed);
        const issued = await issue(admin, user, { user: user.id, client, ttl: nullIfNone(ttl), ...flags });
        const { expiry } = issued.session;
        const expires = expiry === null ? 'never expires' : `expires at ${expiry.toISOString()}`;
        const ended = issued.ended === 0 ? '' : ` It ended ${countSessions(issued.ended)} of the user.`;
        terminal.printError(
          `The token of ${printable(user.label)} (${printable(String(user.id))}) for ${printable(client)} ${expires}. It is not shown again.${ended}`,
        );
        return { text: issued.token, json: issued };
      }),
    );

  program
    .command('revoke-token <id>')
    .description('revoke a token, given by its id in list-tokens')
    .addHelpText('after', '\nExample:\n  trpc-durin revoke-token 0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e')
    .action((id: string) =>
      run(async ({ admin }) => {
        await admin.tokens.revoke({ id });
        return { text: `Token ${printable(id)} revoked.`, json: { id } };
      }),
    );

  program
    .command('revoke-user <user>')
    .description('revoke all tokens of a user, given by name or key; includes API keys')
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', '\nExample:\n  trpc-durin revoke-user alice --yes')
    .action((typed: string, { yes }: { yes?: boolean }) =>
      run(async ({ admin, terminal }) => {
        const user = await findUser(admin, typed);
        await confirm(terminal, `Revoke all tokens of ${printable(user.label)} (${printable(String(user.id))})?`, yes);
        const { revoked } = await admin.tokens.revokeAllOf({ user: user.id });
        return { text: `${countTokens(revoked)} of ${printable(user.label)} revoked.`, json: { user, revoked } };
      }),
    );

  program
    .command('purge-expired')
    .description('delete expired tokens from the database')
    .addHelpText('after', '\nExample, every night by cron:\n  0 4 * * *  cd /srv/app && npx trpc-durin purge-expired')
    .action(() =>
      run(async ({ admin }) => {
        const result = await admin.tokens.purgeExpired();
        const { purged: count } = result;
        return { text: `${count} expired token${count === 1 ? '' : 's'} removed.`, json: result };
      }),
    );
}

/** @throws CliError if the client allows the user no more sessions */
async function issue(admin: AdminCaller, user: UserView, input: TokenIssueInput): Promise<IssuedTokenView> {
  try {
    return await admin.tokens.issue(input);
  } catch (error) {
    if (!isDurinError(error) || error.durin.code !== 'SESSION_LIMIT') throw error;
    throw new CliError(
      `${printable(user.label)} has as many sessions for ${printable(input.client)} as it allows. With --at-limit end-oldest, the token ends one.`,
    );
  }
}

function countSessions(sessions: number): string {
  return `${sessions} session${sessions === 1 ? '' : 's'}`;
}

async function listTokens({ admin, terminal }: CommandDeps, flags: ListFlags): Promise<AdminTokenView[]> {
  const { search, client, state, sort, order, limit } = flags;
  if (client !== undefined) await admin.clients.get({ name: client }); // refuses a mistyped name
  const user = flags.user === undefined ? undefined : (await findUser(admin, flags.user)).id;
  const tokens: AdminTokenView[] = [];
  let cursor: string | null = null;
  do {
    const pageSize = Math.min(100, limit - tokens.length);
    const page = await admin.tokens.list({ search, user, client, state, sort, order, cursor, limit: pageSize });
    tokens.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null && tokens.length === limit)
      terminal.printError('There are more tokens: raise --limit to list them.');
    if (cursor === null && page.isSearchCut)
      terminal.printError(
        'The search matches too many users, so some tokens are missing. Search for more of the name.',
      );
  } while (cursor !== null && tokens.length < limit);
  return tokens;
}

function toTokenTable(tokens: readonly AdminTokenView[]): string {
  const rows = tokens.map((token) => [
    token.id,
    token.user.label,
    token.client,
    token.name ?? '',
    describeDevice(token.device),
    token.created.toISOString(),
    token.hasExpired ? 'expired' : token.expiresIn,
    token.lastUsedAt?.toISOString() ?? 'never',
    token.ipAddress ?? '',
  ]);
  return toTable(tokenHeadings, rows);
}

/** `Firefox on Windows`; empty if nothing is known. */
function describeDevice(device: AdminTokenView['device']): string {
  return [device?.browser, device?.os].filter((word) => word != null).join(' on ');
}
