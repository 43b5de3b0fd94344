import { parseArgs } from 'node:util';

export const usage = `Usage: npm run -s cli -- COMMAND [--url URL]

  login [--username NAME]  sign in; prompts for the password, or reads it from standard input
  whoami                   show who is signed in, and for how long
  deploy                   call a procedure that only this client may call
  publish TITLE            call a procedure that this client may not call
  sessions                 list your sessions
  logout [--everywhere]    end this session, or all your sessions

  --url URL                the server (or QUICKSTART_URL; default: http://127.0.0.1:3000)

The session is stored in durin-quickstart/sessions.json, in XDG_CONFIG_HOME, APPDATA or ~/.config.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not signed in, 4 no server.`;

/** The parsed arguments. */
export interface CommandLine {
  readonly command: string;
  readonly operands: readonly string[];
  /** The URL of the server, without a trailing slash. */
  readonly url: string;
  readonly username: string | undefined;
  readonly isEverywhere: boolean;
}

/** The arguments are not valid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine | 'help' {
  const { values, positionals } = parse(args);
  const [command, ...operands] = positionals;
  if (values.help) return 'help';
  if (command === undefined) throw new UsageError('A command is required.');
  const url = values.url ?? (env['QUICKSTART_URL'] || 'http://127.0.0.1:3000');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new UsageError(`${url} is not an HTTP URL.`);
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
