import { parseArgs } from 'node:util';

export const usage = `Usage: npm run -s cli -- COMMAND [--url URL]

  login [--username NAME]  sign in; the password is asked for, or read from standard input
  whoami                   who is signed in, and for how long
  deploy                   what only this client may do
  publish TITLE            what this client may not do
  sessions                 where you are signed in
  logout [--everywhere]    end this session, or all of yours

  --url URL                the server (also QUICKSTART_URL; default: http://127.0.0.1:3000)

The session is kept in durin-quickstart/sessions.json, in XDG_CONFIG_HOME, APPDATA or ~/.config.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 sign in first, 4 no server.`;

/** What somebody wrote. */
export interface CommandLine {
  readonly command: string;
  readonly operands: readonly string[];
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly username: string | undefined;
  readonly isEverywhere: boolean;
}

/** Somebody wrote what this program does not understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine | 'help' {
  const { values, positionals } = parse(args);
  const [command, ...operands] = positionals;
  if (values.help) return 'help';
  if (command === undefined) throw new UsageError('There is no command.');
  const url = values.url ?? (env['QUICKSTART_URL'] || 'http://127.0.0.1:3000');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new UsageError(`${url} is not the URL of a server.`);
  return {
    command,
    operands,
    url: url.replace(/\/+$/, ''),
    username: values.username,
    isEverywhere: values.everywhere,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        username: { type: 'string' },
        everywhere: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
