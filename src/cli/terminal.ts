import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** Where the program prints and asks. */
export interface Terminal {
  /** What was asked for. */
  print(text: string): void;
  /** What else there is to say, beside the answer. */
  printError(line: string): void;
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean;
  confirm(question: string): Promise<boolean>;
}

export function createTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  return {
    print: (text) => void stdout.write(`${text}\n`),
    printError: (line) => void stderr.write(`${line}\n`),
    isInteractive: stdin.isTTY && stderr.isTTY,
    async confirm(question) {
      const asker = createInterface({ input: stdin, output: stderr });
      const closed = once(asker, 'close').then(() => ''); // end of input is a no
      try {
        const answer = await Promise.race([asker.question(`${question} [y/N] `), closed]);
        return /^y(?:es)?$/i.test(answer.trim());
      } finally {
        asker.close();
      }
    },
  };
}

/** Rows below their headings, in columns as wide as they need. */
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

/** Without control characters, by which a name could write over other lines of a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
