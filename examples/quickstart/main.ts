import { createAdmin } from './admin.ts';
import { createAuth } from './auth.ts';
import { openDataFolder } from './data-folder.ts';
import { createUser, demoAdmin, demoUser, openDatabase } from './database.ts';
import { createAppRouter } from './router.ts';
import { startServer } from './server.ts';
import { readSettings, type Settings, usage } from './settings.ts';
import { takeTour } from './tour.ts';

async function run({ dataFolder, databaseUrl, secret, port, exitsAfterTour }: Settings): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const stopped = untilStopped();

  const folder = await openDataFolder(dataFolder);
  const orm = await openDatabase(databaseUrl, folder.database);
  cleanup.defer(() => orm.close());
  console.log(`Database: ${databaseUrl === null ? `PGlite in ${dataFolder}` : 'the PostgreSQL at DATABASE_URL'}.`);

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
  if (exitsAfterTour) return;

  console.log(`Listening on ${server.url} (the web page; the API is under /trpc). Stop it with Ctrl+C.`);
  console.log(`The admin page is ${server.url}/admin/ (user ${demoAdmin.username}, password ${demoAdmin.password}).`);
  console.log("Its view Usage shows the tour's calls, and its view Audit what the tour changed.");
  console.log(`Log in as ${demoUser.username} with the password ${demoUser.password}, on the client web or cli.`);
  await stopped;
  console.log('\nStopping.');
}

/** Resolves when the process should stop. npm signals only the shell that runs the script, so watch for its end as well. */
function untilStopped(): Promise<void> {
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

/** Describes an error in one line. Connection errors have an empty message and a code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message.split('\n', 1)[0] ?? '';
  return 'code' in error ? `Failed: ${String(error.code)}` : error.name;
}
