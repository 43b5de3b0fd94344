import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/cli/cli-error.ts';
import { createProgram, runProgram } from '../../../src/cli/run-program.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

const terminal: Terminal = {
  print() {},
  printError() {},
  isInteractive: false,
  confirm: () => Promise.resolve(false),
  askSecret: () => Promise.resolve(''),
};

const descendantsOf = (command: Command): Command[] =>
  command.commands.flatMap((inner) => [inner, ...descendantsOf(inner)]);
const optionsOf = (command: Command) => command.options.flatMap(({ short, long }) => [short, long]).filter(Boolean);

test('no command has an option with the name of a global one', () => {
  const program = createProgram(terminal, '1.0.0', () => {});
  const commands = descendantsOf(program);
  expect(commands.map((command) => command.name())).toEqual(expect.arrayContaining(['list', 'doctor', 'keys']));
  for (const command of commands) {
    const taken = optionsOf(command).filter((name) => optionsOf(program).includes(name));
    expect({ command: command.name(), taken }).toEqual({ command: command.name(), taken: [] });
  }
});

test('doctor needs the code of the app, and is refused with --url', async () => {
  const errors: string[] = [];
  const printing = { ...terminal, printError: (line: string) => void errors.push(line) };
  const server = ['--url', 'https://example.org/admin', '--token', 'a-token'];
  expect(await runProgram([...server, 'doctor'], printing, '1.0.0')).toBe(exitCodes.misused);
  expect(errors.at(-1)).toBe('error: doctor examines the code of the app, so it does not work with --url. Use --api.');
});
