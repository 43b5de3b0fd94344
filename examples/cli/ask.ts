import { once } from 'node:events';
import { stderr, stdin } from 'node:process';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './command-line.ts';

/** Somebody pressed Ctrl+C or Ctrl+D where an answer was asked for. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** @throws UsageError where nobody is there to be asked */
export async function askName(): Promise<string> {
  if (!stdin.isTTY) throw new UsageError('Without a terminal, --username has to be given.');
  return answerOf(createInterface({ input: stdin, output: stderr }), 'User name: ');
}

/** Asks without showing what is typed. Without a terminal the first line of standard input is the password. */
export async function askPassword(question: string): Promise<string> {
  if (!stdin.isTTY) return firstLine();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(question); // not earlier: until here, the terminal shows what is typed
  try {
    return await answerOf(terminal, '');
  } finally {
    stderr.write('\n');
  }
}

/** Of standard input, which whoever writes it may leave open. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: stdin })) {
    stdin.destroy(); // open, it would keep the program from ending
    return line;
  }
  return '';
}

async function answerOf(terminal: Interface, question: string): Promise<string> {
  const closing = new AbortController();
  const closed = once(terminal, 'close', { signal: closing.signal }).then(() => {
    throw new Interrupted('Nothing was answered.');
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
