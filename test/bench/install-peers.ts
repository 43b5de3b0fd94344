import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

// Installs what the benchmark compares with, as its own lock file says, unless that is there.

const directory = import.meta.dirname;
const lock = join(directory, 'package-lock.json');
const installed = join(directory, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const { dependencies } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  console.error(`Installing ${names.join(' and ')} in test/bench, to compare with ...`);
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['ci', '--prefix', directory, ...flags], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
