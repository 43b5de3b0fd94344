import { askName, askPassword } from './ask.ts';
import { type CommandLine, UsageError } from './command-line.ts';
import type { Connection } from './connection.ts';

/** Runs a command and returns the text to print. */
type Command = (connection: Connection, line: CommandLine) => Promise<string>;

const commands = new Map<string, Command>([
  ['login', login],
  ['whoami', whoami],
  ['deploy', deploy],
  ['publish', publish],
  ['sessions', sessions],
  ['logout', logout],
]);

/** @throws UsageError */
export function findCommand({ command, operands }: CommandLine): Command {
  const found = commands.get(command);
  if (!found) throw new UsageError(`Unknown command: ${command}.`);
  const expected = found === publish ? 1 : 0;
  if (operands.length < expected) throw new UsageError('publish requires a title.');
  if (operands.length > expected) throw new UsageError(`Unexpected argument: ${operands[expected]}.`);
  return found;
}

async function login({ auth, url, assertStored }: Connection, line: CommandLine): Promise<string> {
  const username = line.username ?? (await askName());
  const password = await askPassword(`Password of ${username}: `);
  const { user } = await auth.login({ username, password });
  assertStored();
  return `Signed in to ${url} as ${user.username}.`;
}

async function whoami({ trpc }: Connection): Promise<string> {
  const { username, client, expiresIn } = await trpc.whoami.query();
  return `${username} on ${client}, expires: ${expiresIn === 'never' ? expiresIn : `in ${expiresIn}`}`;
}

async function deploy({ trpc }: Connection): Promise<string> {
  return trpc.deploy.mutate();
}

async function publish({ trpc }: Connection, { operands: [title = ''] }: CommandLine): Promise<string> {
  return trpc.publish.mutate({ title });
}

async function sessions({ trpc }: Connection): Promise<string> {
  const list = await trpc.auth.sessions.list.query();
  return list
    .map(({ client, ipAddress, expiresIn, isCurrent }) =>
      [client.padEnd(8), (ipAddress ?? '').padEnd(16), expiresIn.padEnd(12), isCurrent ? 'this session' : ''].join(' '),
    )
    .join('\n');
}

async function logout({ auth, assertStored }: Connection, { isEverywhere }: CommandLine): Promise<string> {
  if (auth.getSnapshot().status === 'signed-out') return 'You were not signed in.';
  await (isEverywhere ? auth.logoutAll() : auth.logout());
  assertStored();
  return isEverywhere ? 'Signed out everywhere.' : 'Signed out.';
}
