import { type Command, Option } from 'commander';
import type { AdminTokenView } from '../admin/admin-views.ts';
import { countOf } from './client-commands.ts';
import { confirm, countArgument, type RunCommand, type Tools, ttlArgument, valueOf } from './command.ts';
import { findUser } from './find-user.ts';
import { printable, toTable } from './terminal.ts';

interface ListFlags {
  readonly search?: string;
  readonly user?: string;
  readonly client?: string;
  readonly state?: 'valid' | 'expired';
  readonly sort: 'created' | 'expiry' | 'lastUsedAt';
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

export function addTokenCommands(program: Command, run: RunCommand): void {
  program
    .command('list-tokens')
    .description('list tokens: whose they are, for which client, how long, when they were used; never the tokens')
    .option('--user <user>', 'those of the user with this name or key')
    .option('--search <text>', 'those of users whose name contains it')
    .option('--client <name>', 'those of this client')
    .addOption(new Option('--state <state>', 'those only').choices(['valid', 'expired']))
    .addOption(new Option('--sort <column>').choices(['created', 'expiry', 'lastUsedAt']).default('created'))
    .addOption(new Option('--order <order>').choices(['asc', 'desc']).default('desc'))
    .option('--limit <count>', 'at most so many', countArgument, 100)
    .addHelpText(
      'after',
      '\nExample:\n  trpc-durin list-tokens --client web --state valid --sort lastUsedAt --limit 20',
    )
    .action((flags: ListFlags) =>
      run(async (tools) => {
        const tokens = await listTokens(tools, flags);
        return { text: tokens.length === 0 ? 'There are no such tokens.' : tableOf(tokens), json: tokens };
      }),
    );

  program
    .command('issue-token <user> <client>')
    .description('issue a token to a user, by name or key; one that the user has for the client ends')
    .option(
      '--ttl <duration>',
      "its lifetime: 14d, 12h, '14 00:00:00', P14D, or never (default: the client's)",
      ttlArgument,
    )
    .addHelpText('after', '\nExample:\n  trpc-durin issue-token alice cli --ttl 1h')
    .action((typed: string, client: string, { ttl }: { ttl?: number | 'never' }) =>
      run(async ({ admin, terminal }) => {
        const user = await findUser(admin, typed);
        const issued = await admin.tokens.issue({ user: user.id, client, ttl: valueOf(ttl) });
        const { expiry } = issued.session;
        const expires = expiry === null ? 'never expires' : `expires at ${expiry.toISOString()}`;
        terminal.printError(
          `The token of ${printable(user.label)} (${printable(String(user.id))}) for ${printable(client)} ${expires}. It is not shown again.`,
        );
        return { text: issued.token, json: issued };
      }),
    );

  program
    .command('revoke-token <id>')
    .description('end a token, by the id that list-tokens shows')
    .addHelpText('after', '\nExample:\n  trpc-durin revoke-token 0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e')
    .action((id: string) =>
      run(async ({ admin }) => {
        await admin.tokens.revoke({ id });
        return { text: `Token ${printable(id)} revoked.`, json: { id } };
      }),
    );

  program
    .command('revoke-user <user>')
    .description('end all tokens of a user, by name or key, API keys included')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  trpc-durin revoke-user alice --yes')
    .action((typed: string, { yes }: { yes?: boolean }) =>
      run(async ({ admin, terminal }) => {
        const user = await findUser(admin, typed);
        await confirm(terminal, `End all tokens of ${printable(user.label)} (${printable(String(user.id))})?`, yes);
        const { revoked } = await admin.tokens.revokeAllOf({ user: user.id });
        return { text: `${countOf(revoked)} of ${printable(user.label)} revoked.`, json: { user, revoked } };
      }),
    );

  program
    .command('purge-expired')
    .description('remove expired tokens')
    .addHelpText('after', '\nExample, every night by cron:\n  0 4 * * *  cd /srv/app && npx trpc-durin purge-expired')
    .action(() =>
      run(async ({ admin }) => {
        const purged = await admin.tokens.purgeExpired();
        const { purged: count } = purged;
        return { text: `${count} expired token${count === 1 ? '' : 's'} removed.`, json: purged };
      }),
    );
}

async function listTokens({ admin, terminal }: Tools, flags: ListFlags): Promise<AdminTokenView[]> {
  const { search, client, state, sort, order, limit } = flags;
  if (client !== undefined) await admin.clients.get({ name: client }); // a name that is mistyped has no tokens either
  const user = flags.user === undefined ? undefined : (await findUser(admin, flags.user)).id;
  const tokens: AdminTokenView[] = [];
  let cursor: string | null = null;
  do {
    const missing = Math.min(100, limit - tokens.length);
    const page = await admin.tokens.list({ search, user, client, state, sort, order, cursor, limit: missing });
    tokens.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null && tokens.length === limit) terminal.printError('There are more: see --limit.');
    if (cursor === null && page.isSearchCut)
      terminal.printError('More users match than were looked through: search for more of the name.');
  } while (cursor !== null && tokens.length < limit);
  return tokens;
}

function tableOf(tokens: readonly AdminTokenView[]): string {
  const rows = tokens.map(({ id, user, client, created, hasExpired, expiresIn, lastUsedAt, ipAddress }) => [
    id,
    user.label,
    client,
    created.toISOString(),
    hasExpired ? 'expired' : expiresIn,
    lastUsedAt?.toISOString() ?? 'never',
    ipAddress ?? '',
  ]);
  return toTable(['ID', 'USER', 'CLIENT', 'CREATED', 'EXPIRES IN', 'LAST USED', 'FROM'], rows);
}
