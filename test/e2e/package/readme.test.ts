import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf, commandsOf, promisedOutput, readPage, samplesOf } from '../../docs/pages.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import { project, startProgram } from '../programs/program.ts';
import { pack, run } from './packed.ts';

const samples = samplesOf('README.md');
const env = { DURIN_SECRET: 'a secret of the README, long enough for it' };

let folder: string;
/** A project that has followed the README. */
let app: string;
let port: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-readme-'));
  const { tarball } = await pack(folder);
  app = await mkdtemp(join(folder, 'app-'));
  await cp(tarball, join(app, basename(tarball)));
  port = String(await freePort());
  for (const { file, code } of samples) await writeFile(join(app, file), code.replaceAll('3000', port));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The commands of the README, with the versions that this repository is tested with where they name none. */
async function installCommands(): Promise<string> {
  const { devDependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return commandsOf('README.md', 'install').replaceAll(/(?<= )[@\w/-]+(?= |\n)/g, (name) =>
    devDependencies[name] === undefined ? name : `'${name}@${devDependencies[name]}'`,
  );
}

test('the README names the tarball that npm pack makes', async () => {
  const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as { version: string };
  expect(readPage('README.md')).toContain(`./trpc-durin-${version}.tgz`);
});

test('the install commands of the README install all that its samples import', async () => {
  const settings = 'export npm_config_prefer_offline=true npm_config_audit=false npm_config_fund=false\nset -e\n';
  const { code, output } = await run('sh', ['-c', settings + (await installCommands())], app);
  expect(output).not.toContain('ERR');
  expect(code).toBe(0);
  const manifest = JSON.parse(await readFile(join(app, 'package.json'), 'utf8')) as {
    type: string;
    dependencies: Record<string, string>;
  };
  expect(manifest.type).toBe('module');
  const imported = samples.flatMap(({ code: text }) =>
    Array.from(text.matchAll(/ from '((?:@[\w-]+\/)?[\w-]+)/g), ([, name = '']) => name),
  );
  expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining([...new Set(imported)]));
});

test('the samples of the README compile with the documented tsconfig', async () => {
  const recommended = blocksOf('docs/getting-started.md').find(({ label }) => label === 'file=tsconfig.json');
  await writeFile(join(app, 'tsconfig.json'), recommended?.code ?? '');
  expect(await run(join(app, 'node_modules/.bin/tsc'), ['-p', app], app)).toEqual({ code: 0, output: '' });
});

test("the README's server answers its client, also after a restart", async () => {
  const client = samples.find(({ file }) => file === 'client.ts');
  const promised = client === undefined ? '' : promisedOutput(client);
  expect(promised).toBe('alice\n');
  for (const _ of ['first', 'second']) {
    const server = startProgram(['server.ts'], env, app);
    await server.until(`http://localhost:${port}`);
    const called = await startProgram(['client.ts'], {}, app).ended;
    expect(called).toEqual({ code: 0, output: `${promised}This client may not use this procedure.\n` });
    const other = await startProgram(['server.ts'], env, app).ended;
    expect(other).toEqual({
      code: 1,
      output: expect.stringMatching(/Process \d+ \(server\.ts\) uses \.\/data, since/),
    });
    await server.stop('SIGTERM');
  }
});
