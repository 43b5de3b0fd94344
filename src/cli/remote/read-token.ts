import { readFile } from 'node:fs/promises';
import { CliError, exitCodes, firstLineOf } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

/** How the token of an admin was passed. */
export interface TokenFlags {
  readonly token?: string | undefined;
  /** Whether it is among the arguments, and not in the environment. */
  readonly isTyped: boolean;
  readonly tokenFile?: string | undefined;
}

/** What an Authorization header can contain. */
const tokenText = /^[\x21-\x7e]+$/;

/**
 * Reads the token of an admin: from the arguments, the environment, a file or the terminal.
 * @throws CliError if there is none
 */
export async function readToken({ token, isTyped, tokenFile }: TokenFlags, terminal: Terminal): Promise<string> {
  if (isTyped)
    terminal.printError('warning: Other users of this machine can see --token. Use DURIN_TOKEN or --token-file.');
  const given = tokenFile !== undefined && !isTyped ? await readTokenFile(tokenFile) : token;
  const text = (given ?? (await askForToken(terminal))).trim();
  if (tokenText.test(text)) return text;
  throw new CliError('The token is empty, or holds spaces or other characters that no token has.', exitCodes.misused);
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`The file of --token-file cannot be read: ${firstLineOf(error)}`, exitCodes.misused);
  }
}

async function askForToken(terminal: Terminal): Promise<string> {
  if (terminal.isInteractive) return terminal.askSecret('Token of an admin:');
  throw new CliError('A token is required: set DURIN_TOKEN, or pass --token-file.', exitCodes.misused);
}
