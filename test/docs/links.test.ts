import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { pages, readPage } from './pages.ts';

const root = join(import.meta.dirname, '../..');

/** A page's text without its code, in which brackets are no links. */
const proseOf = (page: string) => readPage(page).replaceAll(/^```[\s\S]*?^```$/gm, '');

/** The targets of `[text](target)` and `![text](target)`. */
function linksOf(page: string): string[] {
  const text = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with a link, or `null`. */
function faultOf(page: string, target: string): string | null {
  if (/^(?:https?|mailto):/.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path)).replaceAll('\\', '/');
  if (file.startsWith('..') || !existsSync(join(root, file))) return `${target}: there is no ${file}`;
  if (anchor === undefined) return null;
  if (!pages.includes(file)) return `${target}: ${file} is not a page`;
  return anchorsOf(file).has(anchor) ? null : `${target}: ${file} has no such heading`;
}

test.for(pages.map((page) => [page] as const))('every relative link of %s leads somewhere', ([page]) => {
  expect(linksOf(page).flatMap((target) => faultOf(page, target) ?? [])).toEqual([]);
});

test.for(pages.map((page) => [page] as const))('every path of the repository that %s names exists', ([page]) => {
  const named = proseOf(page).matchAll(/`((?:src|client|admin-page|docs|examples|test|\.ci)\/[\w./-]*)`/g);
  expect(Array.from(named, ([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every page of docs/ can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const target of linksOf(page)) {
      const file = normalize(join(dirname(page), target.split('#')[0] ?? '')).replaceAll('\\', '/');
      if (pages.includes(file)) reached.add(file);
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

test('llms.txt lists every page of docs/', () => {
  const listed = linksOf('llms.txt');
  expect(pages.filter((page) => page.startsWith('docs/') && !listed.includes(page))).toEqual([]);
});

test('the README stays short', () => {
  expect(Buffer.byteLength(readPage('README.md'))).toBeLessThanOrEqual(9000);
});

test('the README names the commands that run and test the project', () => {
  expect(readPage('README.md')).toContain('npm ci && npm start');
  expect(readPage('README.md')).toContain('npm test');
});
