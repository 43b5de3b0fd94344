import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../../client/node/file-storage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('what is stored can be read by the owner alone, and is there for the next process', () => {
  const path = join(folder, 'deep/er/session.json');
  fileStorage(path).set('a', 'one');
  expect(modeOf(path)).toBe(0o600);
  expect(modeOf(join(folder, 'deep'))).toBe(0o700);
  expect(fileStorage(path).get('a')).toBe('one');
  expect(fileStorage(path).get('b')).toBeUndefined();
});

test('a file that others could read is replaced by one that they cannot', () => {
  const path = join(folder, 'session.json');
  writeFileSync(path, '{"a":"one"}', { mode: 0o644 });
  fileStorage(path).set('b', 'two');
  expect(modeOf(path)).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 'one', b: 'two' });
});

test('several sessions share a file, which goes away with the last, and nothing is left beside it', () => {
  const path = join(folder, 'session.json');
  const storage = fileStorage(path);
  storage.set('a', 'one');
  storage.set('b', 'two');
  storage.remove('a');
  expect(storage.get('b')).toBe('two');
  expect(readdirSync(folder)).toEqual(['session.json']);
  storage.remove('b');
  storage.remove('b');
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['', 'garbage', 'null', '[]', '5', '{"a":5}', '{"a":'])('a file that holds %j is written anew', (content) => {
  const path = join(folder, 'session.json');
  writeFileSync(path, content);
  const storage = fileStorage(path);
  expect(storage.get('a')).toBeUndefined();
  storage.set('a', 'one');
  expect(storage.get('a')).toBe('one');
});

test('keys that every object has are not there', () => {
  const storage = fileStorage(join(folder, 'session.json'));
  expect(storage.get('constructor')).toBeUndefined();
  expect(storage.get('__proto__')).toBeUndefined();
});

test('where nothing can be written it throws, and leaves no draft behind', () => {
  expect(() => fileStorage(folder).set('a', 'one')).toThrow(/EISDIR/);
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder.split('/').at(-1)}.`))).toEqual([]);
});

/** A program that stores twenty sessions, one after the other, when it is told to begin. */
const program = `
  import { existsSync } from 'node:fs';
  import { fileStorage } from ${JSON.stringify(join(import.meta.dirname, '../../../../client/node/file-storage.ts'))};
  const [path, name, start] = process.argv.slice(2);
  while (!existsSync(start));
  const storage = fileStorage(path);
  for (let n = 0; n < 20; n += 1) storage.set(name + n, 'stored');
`;

test('programs that store at the same time lose none of their sessions', async () => {
  const [path, file, start] = ['session.json', 'program.mts', 'start'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, program);
  const running = ['a', 'b', 'c', 'd'].map((name) =>
    promisify(execFile)(process.execPath, [file, path, name, start], { timeout: 15_000 }),
  );
  writeFileSync(start, '');
  await Promise.all(running);
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object)).toHaveLength(80);
  expect(readdirSync(folder)).not.toContain('session.json.lock');
});

test.each([-10, 10])(
  'a lock that a program left which was killed is no obstacle, by a clock that is %i s off',
  (seconds) => {
    const path = join(folder, 'session.json');
    writeFileSync(`${path}.lock`, '');
    const then = Date.now() / 1000 + seconds;
    utimesSync(`${path}.lock`, then, then);
    fileStorage(path).set('a', 'one');
    expect(fileStorage(path).get('a')).toBe('one');
    expect(readdirSync(folder)).toEqual(['session.json']);
  },
);
