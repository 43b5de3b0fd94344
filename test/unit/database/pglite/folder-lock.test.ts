import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockPgliteFolder } from '../../../../src/database/pglite/index.ts';
import { type Program, startProgram } from '../../../e2e/programs/program.ts';

let folder: string;
let programs: Program[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-lock-'));
  programs = [];
});
afterEach(async () => {
  await Promise.all(programs.map((program) => program.stop('SIGKILL')));
  await rm(folder, { recursive: true });
});

const data = () => join(folder, 'data');

/** Starts programs that each lock the folder at the same moment, and returns what they print. */
async function lockAtOnce(count: number) {
  const started = Array.from({ length: count }, () =>
    startProgram(['test/support/servers/lock-program.ts', data()], {}),
  );
  programs.push(...started);
  await Promise.all(started.map((program) => program.until('ready\n')));
  for (const program of started) program.type('go\n');
  const outputs = await Promise.all(started.map((program) => program.until(/^ready\n.+\n/)));
  return started.map((program, index) => ({
    program,
    isLocked: outputs[index]?.includes('locked\n'),
    output: outputs[index],
  }));
}

test('a folder is locked until its owner ends, and then by the next', async () => {
  const [first] = await lockAtOnce(1);
  const [second] = await lockAtOnce(1);
  expect(first?.isLocked).toBe(true);
  expect(second?.output).toMatch(
    /Process \d+ \(lock-program\.ts\) uses \S+, since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\. Only one process may open a PGlite folder\. Stop that one first\.\n$/,
  );
  first?.program.endInput();
  await first?.program.ended;
  expect(await readdir(join(data(), 'in-use'))).toEqual([]);
  expect((await lockAtOnce(1))[0]?.isLocked).toBe(true);
});

test('after an owner is killed, one of many waiting gets the folder', async () => {
  for (const round of [1, 2, 3]) {
    const starters = await lockAtOnce(5);
    expect(
      starters.filter(({ isLocked }) => isLocked),
      `round ${round}`,
    ).toHaveLength(1);
    await Promise.all(starters.map(({ program }) => program.stop('SIGKILL')));
  }
  expect((await readdir(join(data(), 'in-use'))).filter((name) => name.endsWith('.json'))).toHaveLength(1);
});

test('this process locks a folder once, until it releases it', () => {
  const lock = lockPgliteFolder(data());
  expect(lock.folder).toBe(data());
  expect(() => lockPgliteFolder(`file://${data()}`)).toThrow(/^This process already uses .* release it before/);
  lock.release();
  lockPgliteFolder(data()).release();
});

test('a mark that the machine did not write to its end is removed', async () => {
  lockPgliteFolder(data()).release();
  await writeFile(join(data(), 'in-use', '1-x.json'), '{"pid":');
  lockPgliteFolder(data()).release();
  expect(await readdir(join(data(), 'in-use'))).toEqual([]);
});

test('a database in memory needs no lock', () => {
  expect(lockPgliteFolder('memory://').folder).toBe('memory://');
  expect(lockPgliteFolder('memory://').folder).toBe('memory://');
});
