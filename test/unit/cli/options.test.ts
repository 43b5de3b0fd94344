import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/run-program.ts';
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
