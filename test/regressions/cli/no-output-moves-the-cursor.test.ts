import { expect, test } from 'vitest';
import { createTerminal, printable, toPrintableJson } from '../../../src/cli/terminal.ts';

/** C0, DEL, C1 (as one character, U+009B starts an escape sequence), line separators, and marks of direction. */
const unprintable = [
  '\0',
  '\x1b',
  '\x07',
  '\x7f',
  '\x85',
  '\x9b',
  '\u2028',
  '\u2029',
  '\u200f',
  '\u202e',
  '\u2066',
  '\u061c',
];

// 0.1 printed C1 control characters raw: a client's name could clear a terminal that reads them.
test('JSON escapes what a terminal would obey, and reads back as the same', () => {
  const value = { name: `a${unprintable.join('b')}\nc\té😀`, list: [1, null] };
  const json = toPrintableJson(value);
  for (const char of unprintable) expect(json).not.toContain(char);
  expect(json).toContain('\\u009b');
  expect(JSON.parse(json)).toEqual(value);
  expect(json.split('\n')).toHaveLength(7);
});

test('text replaces it', () => {
  expect(printable(`a${unprintable.join('')}é😀`)).toBe(`a${'\uFFFD'.repeat(unprintable.length)}é😀`);
});

test('a terminal prints lines of text, and nothing else, whoever wrote them', () => {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const terminal = createTerminal({ ...process, stdout: stream, stderr: stream } as unknown as NodeJS.Process);
  terminal.print('one\x9b2J\ntwo\x1b[2J');
  terminal.printError("error: unknown command '\x9b2J'");
  expect(written).toEqual(['one\uFFFD2J\ntwo\uFFFD[2J\n', "error: unknown command '\uFFFD2J'\n"]);
});
