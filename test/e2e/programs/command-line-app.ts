import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileCache, project } from './program.ts';

/** The exit code and output of a command. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built bin of the package. */
const bin = join(project, 'dist/src/cli/main.js');

/** The config of an app that keeps a timer running besides its ORM, and logs the events `adminAction`. */
const config = `import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { defineEntity, p } from '@mikro-orm/core';
import { createDurin, defineDurinEntities } from 'trpc-durin';

const User = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: { id: p.integer().primary(), username: p.string(), passwordHash: p.string().hidden().nullable() },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });
const { POSTGRES_URL, WITHOUT_TABLES, AUDIT = '' } = process.env;
const entities = [User, Client, AuthToken];
const database = POSTGRES_URL ? { clientUrl: POSTGRES_URL } : { dbName: import.meta.dirname + '/database' };
const { MikroORM } = await import(POSTGRES_URL ? '@mikro-orm/postgresql' : '@mikro-orm/pglite');
const orm = await MikroORM.init({ entities, ...database });
const hasTables = import.meta.dirname + '/has-tables';
if (!WITHOUT_TABLES && !existsSync(hasTables)) {
  await orm.schema.update({ safe: true });
  const em = orm.em.fork();
  if ((await em.count(User)) === 0) for (const username of ['alice', 'alicia', 'Bob', 'bob', '3']) em.create(User, { username });
  await em.flush();
  writeFileSync(hasTables, '');
}

export const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret: 'a secret of the command line, long enough',
  verifyCredentials: () => null,
});
durin.events.on('adminAction', (event) => appendFileSync(AUDIT, JSON.stringify(event) + '\\n'));
setInterval(() => {}, 1000);
`;

/** Creates a folder with a config file, in which commands run. */
export async function openCliApp(env: Record<string, string> = {}) {
  await mkdir(join(project, '.data'), { recursive: true });
  const folder = await mkdtemp(join(project, '.data', 'cli-')); // inside the package, so that `trpc-durin` resolves to the build
  const audit = join(folder, 'audit.log');
  const inherited = { PATH: process.env['PATH'] ?? '', AUDIT: audit, NODE_NO_WARNINGS: '1', ...compileCache, ...env };
  await writeFile(join(folder, 'durin.config.ts'), config);

  async function start(
    command: string,
    args: readonly string[],
    own: Record<string, string>,
    typed: string,
  ): Promise<CliRun> {
    const child = spawn(command, args, { cwd: folder, env: { ...inherited, ...own } });
    child.stdin.on('error', () => {}).end(typed); // a command that exits early does not read it
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: code as number | null, stdout, stderr };
  }

  return {
    folder,
    write: (name: string, code: string) => writeFile(join(folder, name), code),
    rename: (name: string, to: string) => rename(join(folder, name), join(folder, to)),
    run: (args: readonly string[], own: Record<string, string> = {}) =>
      start(process.execPath, [bin, ...args], own, ''),
    /** Runs a command on a terminal, where `typed` is the input. */
    runOnTerminal(args: readonly string[], typed: string): Promise<CliRun> {
      const command = [process.execPath, bin, ...args].join(' ');
      return start('script', ['-qefc', command, '/dev/null'], {}, typed);
    },
    /** The events `adminAction` since the last call. */
    async audited(): Promise<unknown[]> {
      const lines = await readFile(audit, 'utf8').catch(() => '');
      await rm(audit, { force: true });
      return lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export type CliApp = Awaited<ReturnType<typeof openCliApp>>;
