import { once } from 'node:events';
import { stderr, stdin } from 'node:process';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './command-line.ts';

/** The user pressed Ctrl+C or Ctrl+D at a prompt. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Prompts for the user name. @throws UsageError if standard input is not a terminal */
export async function askName(): Promise<string> {
  if (!stdin.isTTY) throw new UsageError('Without a terminal, --username is required.');
  return answerOf(createInterface({ input: stdin, output: stderr }), 'User name: ');
}

/** Prompts without echoing the input. Without a terminal, reads the first line of standard input. */
export async function askPassword(question: string): Promise<string> {
  if (!stdin.isTTY) return firstLine();
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: discard, terminal: true });
  stderr.write(question); // only now, because the terminal echoes input until the interface exists
  try {
    return await answerOf(terminal, '');
  } finally {
    stderr.write('\n');
  }
}

/** Reads the first line of standard input, which may stay open. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: stdin })) {
    stdin.destroy(); // an open standard input would keep the process alive
    return line;
  }
  return '';
}

async function answerOf(terminal: Interface, question: string): Promise<string> {
  const closing = new AbortController();
  const closed = once(terminal, 'close', { signal: closing.signal }).then(() => {
    throw new Interrupted('Cancelled.');
  });
  terminal.once('SIGINT', () => terminal.close());
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    closing.abort();
    closed.catch(() => undefined);
    terminal.close();
  }
}
