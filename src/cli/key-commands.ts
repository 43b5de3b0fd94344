import type { Command as Program } from 'commander';
import type { AdminTokenView, IssuedTokenView } from '../admin/admin-views.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliError, exitCodes } from './cli-error.ts';
import type { CommandDeps, RunCommand } from './command.ts';
import { findUser } from './find-user.ts';
import {
  nullIfNone,
  parseCountOption,
  parseOverlapOption,
  parseScopesOption,
  parseTtlOption,
  parseUnusedOption,
} from './option-values.ts';
import { printable, toTable } from './terminal.ts';

interface ListFlags {
  readonly client?: string;
  /** Seconds. */
  readonly unusedFor?: number;
  readonly limit: number;
}

interface CreateFlags {
  readonly client?: string;
  readonly scopes?: string[];
  readonly ttl?: number | 'never';
}

/** The most tokens that the admin router returns at once. */
const pageSize = 100;

export function addKeyCommands(program: Program, run: RunCommand): void {
  program
    .command('keys [user]')
    .description('list API keys, of one user or of all, with preview, scopes and last use; expired ones too')
    .option('--client <name>', 'only keys of this client')
    .option('--unused-for <duration>', 'only keys that were not used for this long: 90d, 12h', parseUnusedOption)
    .option('--limit <count>', 'the maximum number of keys', parseCountOption, 100)
    .addHelpText('after', '\nExamples:\n  trpc-durin keys alice\n  trpc-durin keys --unused-for 90d')
    .action((typed: string | undefined, flags: ListFlags) =>
      run(async (deps) => {
        const keys = await listKeys(deps, typed, flags);
        return { text: keys.length === 0 ? 'No keys found.' : toKeyTable(keys), json: keys };
      }),
    );

  program
    .command('create-key <user> <name>')
    .description('create an API key for a user, given by name or key')
    .option('--client <name>', 'the client, if several have keys')
    .option(
      '--scopes <names>',
      "the scopes that it may have at most, separated by commas (default: all of the client's)",
      parseScopesOption,
    )
    .option(
      '--ttl <duration>',
      "lifetime of the key: 90d, 12h, '14 00:00:00', P14D, or never (default: the client's)",
      parseTtlOption,
    )
    .addHelpText('after', "\nExample:\n  trpc-durin create-key alice 'Build server' --scopes reports:read --ttl 90d")
    .action((typed: string, name: string, { client, scopes, ttl }: CreateFlags) =>
      run(async ({ admin, terminal }) => {
        const clientName = await chooseClient(admin, client);
        const user = await findUser(admin, typed);
        const request = { user: user.id, client: clientName, name: name.trim(), scopes, ttl: nullIfNone(ttl) };
        const issued = await admin.tokens.issue(request);
        terminal.printError(`The key ${describeKey(issued)} It is not shown again.`);
        const unusable = await unusableScopes(admin, clientName, scopes ?? []);
        if (unusable.length > 0)
          terminal.printError(
            `It cannot use ${unusable.join(', ')}: the client ${printable(clientName)} has no such scope.`,
          );
        return { text: issued.token, json: issued };
      }),
    );

  program
    .command('roll-key <id>')
    .description('replace an API key, given by its id in keys; the old one keeps working until the new one is used')
    .option(
      '--overlap <duration>',
      'how long the old one works after that: 24h, 7d, or 0s (default: 24h)',
      parseOverlapOption,
    )
    .addHelpText('after', '\nExample:\n  trpc-durin roll-key 0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e --overlap 7d')
    .action((id: string, { overlap }: { overlap?: number }) =>
      run(async ({ admin, terminal }) => {
        const issued = await admin.keys.roll({ id, overlap });
        terminal.printError(`The new key ${describeKey(issued)} It is not shown again.`);
        return { text: issued.token, json: issued };
      }),
    );

  program
    .command('rename-key <id> <name>')
    .description('rename an API key, given by its id in keys')
    .addHelpText('after', "\nExample:\n  trpc-durin rename-key 0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e 'Nightly export'")
    .action((id: string, typed: string) =>
      run(async ({ admin }) => {
        const name = typed.trim();
        await admin.keys.rename({ id, name });
        return { text: `Key renamed to ${printable(name)}.`, json: { id, name } };
      }),
    );

  program
    .command('revoke-key <id>')
    .description('revoke an API key, given by its id in keys')
    .addHelpText('after', '\nExample:\n  trpc-durin revoke-key 0b3b5c0e-4c8e-4d4e-9f6f-6d1c0f0a7f3e')
    .action((id: string) =>
      run(async ({ admin }) => {
        const { client, user, name } = await admin.tokens.get({ id });
        const clients = await admin.keys.clients();
        if (!clients.includes(client))
          throw new CliError(`${printable(id)} is not an API key, but a session. Use revoke-token.`);
        await admin.tokens.revoke({ id });
        return { text: `Key ${nameOf(name, id)} of ${printable(user.label)} revoked.`, json: { id } };
      }),
    );
}

/** The client of a new key: the one that was named, or the only one with keys. */
async function chooseClient(admin: AdminCaller, named: string | undefined): Promise<string> {
  const clients = await requireKeyClients(admin);
  const [only, another] = clients;
  if (named === undefined && only !== undefined && another === undefined) return only;
  if (named !== undefined && clients.includes(named)) return named;
  const list = clients.map(printable).join(', ');
  const problem = named === undefined ? 'Several clients have keys' : `The client ${printable(named)} has no keys`;
  throw new CliError(`${problem}. Pass --client with one of ${list}.`, exitCodes.misused);
}

/** A client's scopes limit those of its keys. A key may be issued for scopes that the client is to have later. */
async function unusableScopes(admin: AdminCaller, client: string, scopes: readonly string[]): Promise<string[]> {
  if (scopes.length === 0) return [];
  const usable = await admin.scopes.list({ client });
  return scopes.filter((scope) => !usable.includes(scope));
}

async function requireKeyClients(admin: AdminCaller): Promise<string[]> {
  const clients = await admin.keys.clients();
  if (clients.length > 0) return clients;
  throw new CliError('No client of this app has keys: see the option clients.*.keys of createDurin.');
}

async function listKeys(
  { admin, terminal, now }: CommandDeps,
  typed: string | undefined,
  { client, unusedFor, limit }: ListFlags,
): Promise<AdminTokenView[]> {
  const clients = client === undefined ? await requireKeyClients(admin) : [await chooseClient(admin, client)];
  const user = typed === undefined ? undefined : (await findUser(admin, typed)).id;
  const unusedSince = unusedFor === undefined ? null : now() - unusedFor * 1000;
  const found: AdminTokenView[] = [];
  for (const name of clients) {
    for await (const key of keysOf(admin, { client: name, user }, unusedSince)) {
      if (found.length === limit) {
        terminal.printError('There are more keys: raise --limit to list them.');
        return found;
      }
      found.push(key);
    }
  }
  return found;
}

/** @param unusedSince in milliseconds since 1970; `null`: all keys, newest first. Otherwise the least recently used first */
async function* keysOf(
  admin: AdminCaller,
  of: { readonly client: string; readonly user: string | number | undefined },
  unusedSince: number | null,
): AsyncGenerator<AdminTokenView, void, undefined> {
  const sorting = unusedSince === null ? {} : ({ sort: 'lastUsedAt', order: 'asc' } as const);
  let cursor: string | null = null;
  do {
    const page = await admin.tokens.list({ ...of, ...sorting, cursor, limit: pageSize });
    for (const key of page.items) {
      if (unusedSince === null || (key.lastUsedAt ?? key.created).getTime() <= unusedSince) yield key;
      else if (key.lastUsedAt !== null) return; // the rest was used later
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function toKeyTable(keys: readonly AdminTokenView[]): string {
  const columns = {
    ID: ({ id }) => id,
    USER: ({ user }) => user.label,
    CLIENT: ({ client }) => client,
    NAME: ({ name }) => name ?? '',
    PREVIEW: ({ preview }) => preview,
    SCOPES: ({ scopes }) => scopes?.join(', ') ?? 'all',
    CREATED: ({ created }) => created.toISOString(),
    'EXPIRES IN': ({ hasExpired, expiresIn }) => (hasExpired ? 'expired' : expiresIn),
    'LAST USED': ({ lastUsedAt }) => lastUsedAt?.toISOString() ?? 'never',
    ROLL: rollOf,
  } satisfies Record<string, (key: AdminTokenView) => string>;
  const cells = Object.values(columns);
  return toTable(
    Object.keys(columns),
    keys.map((key) => cells.map((cell) => cell(key))),
  );
}

/** Where a key stands in a roll. The old key works until the new one is used. */
function rollOf({ replaces, replacedBy, hasExpired }: AdminTokenView): string {
  if (hasExpired) return '';
  if (replacedBy !== null) return 'being replaced';
  return replaces === null ? '' : 'not used yet';
}

/** `Build of alice (1) for api never expires.` */
function describeKey({ session: { id, name, user, client, expiry } }: IssuedTokenView): string {
  const owner = `${printable(user.label)} (${printable(String(user.id))})`;
  const expires = expiry === null ? 'never expires' : `expires at ${expiry.toISOString()}`;
  return `${nameOf(name, id)} of ${owner} for ${printable(client)} ${expires}.`;
}

function nameOf(name: string | null, id: string): string {
  return printable(name ?? id);
}
