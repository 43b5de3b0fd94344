import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readText = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
const text = readText('README.md');

/** A fenced block: "```ts file=auth.ts" has the language `ts` and the label `file=auth.ts`. */
export interface Block {
  language: string;
  label: string;
  code: string;
}

/** @param file from the repository's root */
export function blocks(language: string, file = 'README.md'): Block[] {
  return Array.from(
    readText(file).matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm),
    ([, found = '', label = '', code = '']) => ({
      language: found,
      label,
      code,
    }),
  ).filter((block) => block.language === language);
}

/** The rows of the first table below a heading, without its head. Cells as they are written, but for code marks around one. */
export function tableBelow(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`README.md has no section "${heading}"`);
  const lines = section.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  );
}
