import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Installs an example with the package as npm would publish it, and starts it: npm run example next
// Another script of the example can be named as well: npm run example hono start:bun

const [name = '', script = 'start'] = process.argv.slice(2);
const folder = join(import.meta.dirname, name);
const tarball = `trpc-durin-${process.env['npm_package_version']}.tgz`;

const names = globSync('*/package.json', { cwd: import.meta.dirname })
  .map(dirname)
  .toSorted();
if (name === '') fail(`Name an example: ${names.join(', ')}.`);
if (!names.includes(name)) fail(`There is no example "${name}". Name one of: ${names.join(', ')}.`);
const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts: object };
if (!Object.hasOwn(scripts, script))
  fail(`${name} has no script "${script}". Name one of: ${Object.keys(scripts).join(', ')}.`);

run(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], join(import.meta.dirname, '..'));
run(['install', '--no-save', `./${tarball}`], folder);
run(['run', script], folder);

function run(args: string[], cwd: string): void {
  const { status } = spawnSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

function fail(line: string): never {
  console.error(`error: ${line}`);
  process.exit(2);
}
