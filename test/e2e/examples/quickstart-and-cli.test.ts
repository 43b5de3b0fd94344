import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CopiedExample, copyExample } from './copied-example.ts';

let quickstart: CopiedExample;
let cli: CopiedExample;
beforeAll(async () => {
  quickstart = await copyExample('quickstart');
  cli = await copyExample('cli', { beside: quickstart }); // it imports the type of the quickstart's router
});
afterAll(() => quickstart?.remove());

test('the quickstart runs outside the repository', async () => {
  const tour = await quickstart.npmRun('start', '--exit', '--port', '0');
  expect(tour).toEqual({ code: 0, output: expect.stringContaining('✓ An API key may not change settings') });
  expect(await quickstart.npmRun('check')).toEqual({ code: 0, output: '' });
});

test('the program cli runs outside the repository', async () => {
  const help = await cli.npmRun('cli', '--help');
  expect(help).toEqual({ code: 0, output: expect.stringMatching(/^Usage: /) });
  expect(await cli.npmRun('check')).toEqual({ code: 0, output: '' });
});
