import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Terminal {
  /** Prints the result of a command, on stdout. */
  print(text: string): void;
  /** Prints errors and notes, on stderr. */
  printError(text: string): void;
  /** Whether a person can answer questions. */
  readonly isInteractive: boolean;
  confirm(question: string): Promise<boolean>;
  /** Asks for a text that is not shown while it is typed. */
  askSecret(question: string): Promise<string>;
}

export function createTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  return {
    print: (text) => void stdout.write(`${printableLines(text)}\n`),
    printError: (text) => void stderr.write(`${printableLines(text)}\n`),
    isInteractive: stdin.isTTY && stderr.isTTY,
    async askSecret(question) {
      stderr.write(`${printable(question)} `);
      const output = new Writable({ write: (_chunk, _encoding, done) => done() }); // where readline would echo it
      const prompt = createInterface({ input: stdin, output, terminal: true });
      const closed = once(prompt, 'close').then(() => '');
      try {
        return await Promise.race([prompt.question(''), closed]);
      } finally {
        prompt.close();
        stderr.write('\n');
      }
    },
    async confirm(question) {
      const prompt = createInterface({ input: stdin, output: stderr });
      const closed = once(prompt, 'close').then(() => ''); // end of input means no
      try {
        const answer = await Promise.race([prompt.question(`${printable(question)} [y/N] `), closed]);
        return /^y(?:es)?$/i.test(answer.trim());
      } finally {
        prompt.close();
      }
    },
  };
}

/** Formats rows below their headings, in columns as wide as their longest cell. */
export function toTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((cells) => cells.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * What could move the cursor, overwrite other lines of a terminal or show text in another order: control characters (C0,
 * DEL and C1), separators of lines and paragraphs, and marks of writing direction.
 */
const unprintable = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Replaces unprintable characters. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, '\uFFFD');
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON whose strings escape unprintable characters: it reads back as the same values. */
export function toPrintableJson(value: unknown): string {
  // Line feeds are those between the members: JSON escapes the ones inside strings.
  return JSON.stringify(value, null, 2).replaceAll(unprintable, (char) => (char === '\n' ? char : escapeInJson(char)));
}

function escapeInJson(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
