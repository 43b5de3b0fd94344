import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Every page of the documentation, from the repository's root. */
export const pages: readonly string[] = ['*.md', 'docs/**/*.md', '.github/**/*.md', 'llms.txt']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((path) => path.replaceAll('\\', '/'))
  .toSorted();

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/**
 * A fenced block: "```ts file=auth.ts" has the language `ts` and the label `file=auth.ts`. The label `from=examples/…` quotes a
 * file of the repository.
 */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly label: string;
  readonly code: string;
}

export function blocksOf(page: string): Block[] {
  const fences = readPage(page).matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm);
  return Array.from(fences, ([, language = '', label = '', code = '']) => ({ page, language, label, code }));
}

/** A program of a page: its language is TypeScript, and its label names its file. */
export interface Sample {
  readonly page: string;
  readonly file: string;
  readonly code: string;
}

const isQuote = ({ label }: Block) => label.startsWith('from=');
const isProgram = (block: Block) => ['ts', 'tsx', 'js', 'jsx'].includes(block.language) && !isQuote(block);

export function samplesOf(page: string): Sample[] {
  return blocksOf(page)
    .filter(isProgram)
    .map(({ label, code }) => ({ page, file: label.replace(/^file=/, ''), code }));
}

/** The samples of docs/, which make one app together. The README has an app of its own. */
export const docsSamples: readonly Sample[] = pages.filter((page) => page.startsWith('docs/')).flatMap(samplesOf);

/** The quotes of a page, from files of the repository. */
export function quotesOf(page: string): Sample[] {
  return blocksOf(page)
    .filter(isQuote)
    .map(({ label, code }) => ({ page, file: label.replace(/^from=/, ''), code }));
}

/** The block of bash with the label `run=name`. */
export function commandsOf(page: string, name: string): string {
  const block = blocksOf(page).find(({ language, label }) => language === 'bash' && label === `run=${name}`);
  if (block === undefined) throw new Error(`${page} has no commands "${name}"`);
  return block.code;
}

/** What the comments behind `console.log(...)` say that a sample prints. */
export function promisedOutput({ code }: Sample): string {
  return Array.from(code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm), ([, line]) => `${line}\n`).join('');
}

/** The rows of the first table below a heading, without its head. Code marks around a whole cell are left out. */
export function tableBelow(page: string, heading: string): string[][] {
  const section = readPage(page)
    .split(/^#+ /m)
    .find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no section "${heading}"`);
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
