import { createAdmin } from './admin.ts';
import { createAuth } from './auth.ts';
import { openDataFolder } from './data-folder.ts';
import { createUser, demoAdmin, demoUser, openDatabase } from './database.ts';
import { createAppRouter } from './router.ts';
import { startServer } from './server.ts';
import { readSettings, type Settings, usage } from './settings.ts';
import { takeTour } from './tour.ts';

async function run({ dataFolder, databaseUrl, secret, port, exits }: Settings): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const stopped = toldToStop();

  const folder = await openDataFolder(dataFolder);
  cleanup.defer(() => folder.release());
  const orm = await openDatabase(databaseUrl, folder.pathOf('database'));
  cleanup.defer(() => orm.close());
  console.log(
    `The database is ${databaseUrl === null ? `PGlite in ${dataFolder}` : 'the PostgreSQL of DATABASE_URL'}.`,
  );

  const auth = createAuth(orm, secret ?? (await folder.readSecret()));
  cleanup.defer(() => auth.close());
  const newClients = (await auth.clients.sync()).map(({ name }) => name);
  if (newClients.length > 0) console.log(`Created the clients ${newClients.join(', ')}.`);
  for (const user of [demoUser, demoAdmin]) {
    const isNew = await createUser(orm, user);
    console.log(`${isNew ? 'Created' : 'Found'} the user ${user.username}.`);
  }

  const admin = createAdmin(auth);
  const server = await startServer(auth, createAppRouter(auth, admin), admin, port);
  cleanup.defer(() => server.close());
  console.log(`\nA client program calls ${server.url}/trpc:\n`);
  if (!(await takeTour(server.url))) process.exitCode = 1;
  if (exits) return;

  console.log(`Listening on ${server.url} (a page for your browser; the API is under /trpc). Stop it with Ctrl+C.`);
  console.log(`The admin page is ${server.url}/admin/: sign in as ${demoAdmin.username}, ${demoAdmin.password}.`);
  console.log(`Log in as ${demoUser.username} with the password ${demoUser.password} on the client web, cli or api.`);
  await stopped;
  console.log('\nStopping.');
}

/** Resolves when the program is told to stop. npm tells only the shell that it runs scripts in: then that one is gone. */
function toldToStop(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    if (process.env['npm_lifecycle_event'] === undefined) return;
    setInterval(() => process.ppid !== parent && resolve(), 250).unref();
  });
}

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === 'help') console.log(usage);
  else await run(settings);
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

/** The reason in one line; that a connection failed is told in the cause, or in a code only. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message.split('\n', 1)[0] ?? '';
  return 'code' in error ? `Failed: ${String(error.code)}` : error.name;
}
