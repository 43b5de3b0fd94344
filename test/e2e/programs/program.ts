import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '..', '..', '..');

/** Node keeps compiled code here, so that only the first of many programs has to compile it. */
export const compileCache = { NODE_COMPILE_CACHE: join(project, 'node_modules', '.cache', 'node') };

/** How a program ended: its exit code, and all that it printed, to stdout and stderr. */
export interface Ended {
  code: number | null;
  output: string;
}

/** A program that runs as a user would run it. */
export interface Program {
  /** What was printed, once it has this text or matches this. Rejects if the program ends before. */
  until(text: string | RegExp): Promise<string>;
  readonly ended: Promise<Ended>;
  stop(signal: NodeJS.Signals): Promise<Ended>;
  /** Types this, or writes it to its standard input. */
  type(text: string): void;
  /** Nothing more comes to its standard input. */
  endInput(): void;
}

/** Starts a TypeScript file on this Node, with `env` as the whole environment besides PATH and Node's cache. */
export function startProgram(args: readonly string[], env: Record<string, string>, cwd = project): Program {
  return start(process.execPath, args, env, cwd);
}

/** Starts another binary, with `env` as the whole environment besides PATH. */
export function startBinary(file: string, args: readonly string[], env: Record<string, string>, cwd: string): Program {
  return start(file, args, env, cwd);
}

/** The same as `startProgram` in a terminal of its own, as a person has it. Linux only: elsewhere `script` takes other options. */
export function startInTerminal(args: readonly string[], env: Record<string, string>): Program {
  const command = [process.execPath, ...args].map((word) => `'${word}'`).join(' ');
  return start('script', ['--quiet', '--return', '--command', command, '/dev/null'], env, project);
}

function start(file: string, args: readonly string[], env: Record<string, string>, cwd: string): Program {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...compileCache, ...env },
    stdio: 'pipe',
  });
  const watchers = new Set<() => void>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const watch of watchers) watch();
    });
  }
  const ended = once(child, 'close').then(([code]: (number | null)[]): Ended => ({ code: code ?? null, output }));

  return {
    ended,
    async until(text) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const has = () => (typeof text === 'string' ? output.includes(text) : text.test(output));
      const watch = () => has() && resolve(output);
      watchers.add(watch);
      watch();
      void ended.then(({ code }) => reject(new Error(`It ended with ${code} before "${text}":\n${output}`)));
      return promise.finally(() => watchers.delete(watch));
    },
    type: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
