import { askName, askPassword } from './ask.ts';
import { type CommandLine, UsageError } from './command-line.ts';
import type { Connection } from './connection.ts';

/** What a command does; it gives what is printed. */
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
  if (!found) throw new UsageError(`There is no command ${command}.`);
  const wanted = found === publish ? 1 : 0;
  if (operands.length < wanted) throw new UsageError('publish needs a title.');
  if (operands.length > wanted) throw new UsageError(`${command} does not know what to do with ${operands[wanted]}.`);
  return found;
}

async function login({ auth, url, assertKept }: Connection, line: CommandLine): Promise<string> {
  const username = line.username ?? (await askName());
  const password = await askPassword(`Password of ${username}: `);
  const { user } = await auth.login({ username, password });
  assertKept();
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
      [client.padEnd(8), (ipAddress ?? '').padEnd(16), expiresIn.padEnd(12), isCurrent ? 'this one' : ''].join(' '),
    )
    .join('\n');
}

async function logout({ auth, assertKept }: Connection, { isEverywhere }: CommandLine): Promise<string> {
  if (auth.getSnapshot().status === 'signed-out') return 'You were not signed in.';
  await (isEverywhere ? auth.logoutAll() : auth.logout());
  assertKept();
  return isEverywhere ? 'Signed out everywhere.' : 'Signed out.';
}
