import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../../client/storage/file-storage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('only the owner can read the file, and another process finds it', () => {
  const path = join(folder, 'deep/er/session.json');
  fileStorage(path).set('a', 'one');
  expect(modeOf(path)).toBe(0o600);
  expect(modeOf(join(folder, 'deep'))).toBe(0o700);
  expect(fileStorage(path).get('a')).toBe('one');
  expect(fileStorage(path).get('b')).toBeUndefined();
});

test('a file that others could read becomes private with the next login', () => {
  const path = join(folder, 'session.json');
  writeFileSync(path, '{"a":"one"}', { mode: 0o644 });
  fileStorage(path).set('a', 'two');
  expect(modeOf(path)).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 'two' });
});

test('each session has a file, which is deleted with it', () => {
  const path = join(folder, 'session.json');
  const storage = fileStorage(path);
  storage.set('a', 'one');
  expect(readdirSync(folder)).toEqual(['session.json']);
  storage.set('b', 'two');
  storage.set('b', 'three');
  expect(readdirSync(folder)).toHaveLength(2);
  storage.remove('a');
  expect(storage.get('b')).toBe('three');
  expect(readdirSync(folder)).toHaveLength(1);
  storage.remove('b');
  storage.remove('b');
  expect(readdirSync(folder)).toEqual([]);
});

test('every file is private, whatever its key', () => {
  const storage = fileStorage(join(folder, 'session.json'));
  const keys = [
    'durin.auth.cli',
    'https://example.com:3000/a/../b',
    '',
    '__proto__',
    'A',
    'a',
    'ü'.repeat(300),
    '\ud800',
  ];
  for (const key of keys) storage.set(key, `session of ${key}`);
  expect(keys.map((key) => storage.get(key))).toEqual(keys.map((key) => `session of ${key}`));
  const files = readdirSync(folder);
  expect(files).toHaveLength(keys.length);
  expect(files.map((file) => modeOf(join(folder, file)))).toEqual(keys.map(() => 0o600));
});

/** Several sessions in one file, as version 0.1 wrote it. */
function writeSharedFile(): string {
  const path = join(folder, 'session.json');
  writeFileSync(path, '{"a":"one","b":"two"}\n', { mode: 0o644 });
  return path;
}

test('a file of 0.1 with several sessions is read as it is', () => {
  const storage = fileStorage(writeSharedFile());
  expect(['a', 'b', 'c'].map((key) => storage.get(key))).toEqual(['one', 'two', undefined]);
});

test('the first write takes over every session of a file of 0.1', () => {
  const path = writeSharedFile();
  fileStorage(path).set('c', 'three');
  fileStorage(path).set('a', 'four');
  expect(['a', 'b', 'c'].map((key) => fileStorage(path).get(key))).toEqual(['four', 'two', 'three']);
  expect(readdirSync(folder).map((file) => modeOf(join(folder, file)))).toEqual([0o600, 0o600, 0o600]);
});

test('a logout removes its session from a file of 0.1 for good', () => {
  const path = writeSharedFile();
  fileStorage(path).remove('a');
  expect(['a', 'b'].map((key) => fileStorage(path).get(key))).toEqual([undefined, 'two']);
  fileStorage(path).remove('b');
  expect(readdirSync(folder)).toEqual([]);
});

test('an interrupted take-over is finished later and overwrites nothing', () => {
  const path = writeSharedFile();
  fileStorage(path).set('a', 'newer');
  const besides = readdirSync(folder);
  writeFileSync(path, '{"a":"one","b":"two"}\n');
  expect(fileStorage(path).get('a')).toBe('newer');
  fileStorage(path).set('b', 'newer too');
  expect(['a', 'b'].map((key) => fileStorage(path).get(key))).toEqual(['newer', 'newer too']);
  expect(readdirSync(folder)).toEqual(besides);
});

test.each(['', 'garbage', 'null', '[]', '5', '{"a":5}', '{"a":'])(
  'a file that holds %j counts as empty and is replaced',
  (content) => {
    const path = join(folder, 'session.json');
    writeFileSync(path, content);
    const storage = fileStorage(path);
    expect(storage.get('a')).toBeUndefined();
    storage.set('a', 'one');
    expect(storage.get('a')).toBe('one');
    expect(readdirSync(folder)).toEqual(['session.json']);
  },
);

test('names that every object inherits are not found as keys', () => {
  const storage = fileStorage(join(folder, 'session.json'));
  expect(storage.get('constructor')).toBeUndefined();
  expect(storage.get('__proto__')).toBeUndefined();
});

test('a write that fails throws and leaves no draft behind', () => {
  expect(() => fileStorage(folder).set('a', 'one')).toThrow(/EISDIR/);
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder.split('/').at(-1)}.`))).toEqual([]);
});

test('a draft that a killed program left behind blocks nobody', () => {
  const path = join(folder, 'session.json');
  writeFileSync(`${path}.1b4e28ba-2fa1-11d2-883f-0016d3cca427`, '{"a":"ha');
  const storage = fileStorage(path);
  expect(storage.get('a')).toBeUndefined();
  storage.set('a', 'one');
  storage.set('b', 'two');
  expect([storage.get('a'), storage.get('b')]).toEqual(['one', 'two']);
});

/** A program that waits for the file `start` and then stores twenty sessions, or one session twenty times. */
const program = `
  import { existsSync } from 'node:fs';
  import { fileStorage } from ${JSON.stringify(join(import.meta.dirname, '../../../../client/storage/file-storage.ts'))};
  const [path, name, start, mode] = process.argv.slice(2);
  while (!existsSync(start));
  const storage = fileStorage(path);
  for (let n = 0; n < 20; n += 1)
    if (mode === 'keys') storage.set(name + n, 'stored');
    else storage.set(name, String(n).repeat(20_000));
`;

/** Runs the program once for each name, all at the same time. */
async function runPrograms(path: string, names: readonly string[], mode: 'keys' | 'texts') {
  const [file, start] = [join(folder, 'program.mts'), join(folder, 'start')];
  writeFileSync(file, program);
  const running = names.map((name) =>
    promisify(execFile)(process.execPath, [file, path, name, start, mode], { timeout: 15_000 }),
  );
  writeFileSync(start, '');
  await Promise.all(running);
}

test('programs that store at the same time lose none of their sessions', async () => {
  const path = join(folder, 'sessions/session.json');
  const names = ['a', 'b', 'c', 'd'];
  await runPrograms(path, names, 'keys');
  const keys = names.flatMap((name) => Array.from({ length: 20 }, (_, n) => name + n));
  expect(keys.filter((key) => fileStorage(path).get(key) !== 'stored')).toEqual([]);
  expect(readdirSync(join(folder, 'sessions'))).toHaveLength(80);
});

test('programs that take over a file of 0.1 at once lose no session', async () => {
  const path = join(folder, 'session.json');
  const old = Array.from({ length: 40 }, (_, n) => `old${n}`);
  writeFileSync(path, JSON.stringify(Object.fromEntries(old.map((key) => [key, 'kept']))));
  await runPrograms(path, ['a', 'b'], 'keys');
  expect(old.filter((key) => fileStorage(path).get(key) !== 'kept')).toEqual([]);
  expect(['a0', 'a19', 'b0', 'b19'].map((key) => fileStorage(path).get(key))).toEqual(Array(4).fill('stored'));
});

test('a reader never sees half a file while others write', async () => {
  const path = join(folder, 'session.json');
  const storage = fileStorage(path);
  const programs = { areRunning: true };
  const ended = runPrograms(path, ['a', 'a', 'b'], 'texts').finally(() => {
    programs.areRunning = false;
  });
  const seen = new Set<string>();
  while (programs.areRunning) {
    for (const key of ['a', 'b']) {
      const text = storage.get(key);
      if (typeof text === 'string') seen.add(text);
    }
    await new Promise(setImmediate);
  }
  await ended;
  const whole = Array.from({ length: 20 }, (_, n) => String(n).repeat(20_000));
  expect([...seen].filter((text) => !whole.includes(text))).toEqual([]);
  expect([storage.get('a'), storage.get('b')]).toEqual([whole[19], whole[19]]);
  expect(existsSync(path)).toBe(true);
});
