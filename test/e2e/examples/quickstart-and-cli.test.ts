import { expect, onTestFinished, test } from 'vitest';
import { copyExample } from './copied-example.ts';

test('the quickstart runs outside the repository', async () => {
  const quickstart = await copyExample('quickstart');
  onTestFinished(() => quickstart.remove());
  const tour = await quickstart.npmRun('start', '--exit', '--port', '0');
  expect(tour).toEqual({ code: 0, output: expect.stringContaining('✓ An API key may not change settings') });
  expect(await quickstart.npmRun('check')).toEqual({ code: 0, output: '' });
});

test('the program cli runs outside the repository', async () => {
  const cli = await copyExample('cli');
  onTestFinished(() => cli.remove());
  const help = await cli.npmRun('cli', '--help');
  expect(help).toEqual({ code: 0, output: expect.stringMatching(/^Usage: /) });
  expect(await cli.npmRun('check')).toEqual({ code: 0, output: '' });
});
