import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// Installs an example with the package as npm would publish it, and starts it: npm run example next
// Another script of the example can be named as well: npm run example hono start:bun

const [name = '', script = 'start'] = process.argv.slice(2);
const folder = join(import.meta.dirname, name);
const tarball = `trpc-durin-${process.env['npm_package_version']}.tgz`;

run(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], join(import.meta.dirname, '..'));
run(['install', '--no-save', `./${tarball}`], folder);
run(['run', script], folder);

function run(args: string[], cwd: string): void {
  const { status } = spawnSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
