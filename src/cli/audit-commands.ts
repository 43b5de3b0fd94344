import { InvalidArgumentError, type Command as Program } from 'commander';
import type { AuditView, UserId } from '../admin/admin-views.ts';
import { type AuditAction, auditActions } from '../database/records/audit-actions.ts';
import { CliError } from './cli-error.ts';
import type { CommandDeps, RunCommand } from './command.ts';
import { findUser, UnknownUserError, withoutKeyPrefix } from './find-user.ts';
import { parseCountOption } from './option-values.ts';
import { toTable } from './terminal.ts';

interface ListFlags {
  readonly user?: string;
  readonly client?: string;
  readonly tokenId?: string;
  readonly action?: AuditAction;
  readonly limit: number;
}

/** The most entries that the admin router returns at once. */
const pageSize = 100;

export function addAuditCommands(program: Program, run: RunCommand): void {
  const audit = program.command('audit').description('read the audit of tokens and clients').exitOverride();
  audit
    .command('list')
    .description('list who changed which token or client, the latest change first')
    .option('--user <user>', 'only changes of the tokens of this user, given by name or key')
    .option('--client <name>', 'only changes of this client and its tokens')
    .option('--token-id <id>', 'only changes of this token')
    .option('--action <action>', `only one of ${auditActions.join(', ')}`, parseActionOption)
    .option('--limit <count>', 'the maximum number of changes', parseCountOption, 100)
    .addHelpText(
      'after',
      '\nExamples:\n  trpc-durin audit list --user alice\n  trpc-durin audit list --action client-deleted --json',
    )
    .action((flags: ListFlags) =>
      run(async (deps) => {
        const entries = await listEntries(deps, flags);
        return { text: entries.length === 0 ? 'No changes found.' : toAuditTable(entries), json: entries };
      }),
    );
}

function parseActionOption(typed: string): AuditAction {
  const action = auditActions.find((known) => known === typed);
  if (action !== undefined) return action;
  throw new InvalidArgumentError(`It must be one of ${auditActions.join(', ')}.`);
}

async function listEntries(
  { admin, terminal }: CommandDeps,
  { user: typed, limit, ...filters }: ListFlags,
): Promise<AuditView[]> {
  const user = typed === undefined ? undefined : await userKeyOf(admin, typed);
  const found: AuditView[] = [];
  let cursor: string | null = null;
  do {
    const page = await admin.audit.list({ ...filters, user, cursor, limit: pageSize });
    if (page === null)
      throw new CliError('There is no audit: call defineDurinEntities with audit: true, and run your migrations.');
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < limit);
  if (cursor !== null || found.length > limit)
    terminal.printError('There are more changes: raise --limit to list them.');
  return found.slice(0, limit);
}

/**
 * A deleted user is known by the key alone.
 * @throws UnknownUserError if there are no changes of it either
 */
async function userKeyOf(admin: CommandDeps['admin'], typed: string): Promise<UserId> {
  try {
    return (await findUser(admin, typed)).id;
  } catch (error) {
    if (!(error instanceof UnknownUserError)) throw error;
    const key = withoutKeyPrefix(typed);
    const page = await admin.audit.list({ user: key, limit: 1 });
    if (page?.items.length === 0) throw error;
    return key;
  }
}

function toAuditTable(entries: readonly AuditView[]): string {
  const columns = {
    AT: ({ at }) => at.toISOString(),
    ACTION: ({ action }) => action,
    REASON: ({ reason }) => reason ?? '',
    CLIENT: ({ client }) => client ?? '',
    USER: ({ user }) => user?.label ?? '',
    TOKEN: ({ tokenId }) => tokenId ?? '',
    BY: ({ actor, actorUser }) => (actorUser === null ? actor : `${actor} ${actorUser.label}`),
    'IP ADDRESS': ({ ipAddress }) => ipAddress ?? '',
  } satisfies Record<string, (entry: AuditView) => string>;
  const cells = Object.values(columns);
  return toTable(
    Object.keys(columns),
    entries.map((entry) => cells.map((cell) => cell(entry))),
  );
}
