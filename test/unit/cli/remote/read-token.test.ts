import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readToken, type TokenFlags } from '../../../../src/cli/remote/read-token.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-token-'));
  await writeFile(join(folder, 'token'), 'from-file\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads the token on a terminal, on which a person types `secret`. */
async function read(flags: Omit<TokenFlags, 'isTyped'> & { isTyped?: boolean }, secret: string | null = null) {
  const errors: string[] = [];
  const terminal = {
    print() {},
    printError: (text: string) => void errors.push(text),
    isInteractive: secret !== null,
    confirm: () => Promise.resolve(false),
    askSecret: () => Promise.resolve(secret ?? ''),
  };
  return { token: await readToken({ isTyped: false, ...flags }, terminal), errors };
}

test('the token is that of the environment, of a file or of the terminal', async () => {
  expect(await read({ token: 'from-env' })).toEqual({ token: 'from-env', errors: [] });
  expect(await read({ tokenFile: join(folder, 'token') })).toEqual({ token: 'from-file', errors: [] });
  expect(await read({ tokenFile: join(folder, 'token'), token: 'from-env' })).toMatchObject({ token: 'from-file' });
  expect(await read({}, ' typed ')).toEqual({ token: 'typed', errors: [] });
});

test('a token among the arguments is used, with a warning', async () => {
  const { token, errors } = await read({ token: 'argument', isTyped: true });
  expect(token).toBe('argument');
  expect(errors).toEqual([expect.stringContaining('Other users of this machine can see --token.')]);
});

test('no token, an empty one and an unreadable file are named', async () => {
  await expect(read({})).rejects.toThrow('A token is required: set DURIN_TOKEN, or pass --token-file.');
  await expect(read({}, '')).rejects.toThrow('The token is empty');
  await expect(read({ token: 'two words' })).rejects.toThrow('The token is empty, or holds spaces');
  await expect(read({ tokenFile: join(folder, 'none') })).rejects.toThrow(
    'The file of --token-file cannot be read: ENOENT',
  );
});
