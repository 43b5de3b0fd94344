import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

export interface Terminal {
  /** Prints the result of a command, on stdout. */
  print(text: string): void;
  /** Prints errors and notes, on stderr. */
  printError(line: string): void;
  /** Whether a person can answer questions. */
  readonly isInteractive: boolean;
  confirm(question: string): Promise<boolean>;
}

export function createTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  return {
    print: (text) => void stdout.write(`${text}\n`),
    printError: (line) => void stderr.write(`${line}\n`),
    isInteractive: stdin.isTTY && stderr.isTTY,
    async confirm(question) {
      const prompt = createInterface({ input: stdin, output: stderr });
      const closed = once(prompt, 'close').then(() => ''); // end of input means no
      try {
        const answer = await Promise.race([prompt.question(`${question} [y/N] `), closed]);
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

/** Replaces control characters, with which a name could overwrite other lines of the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
