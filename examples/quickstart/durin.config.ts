import { createAuth } from './auth.ts';
import { openDataFolder } from './data-folder.ts';
import { openDatabase } from './database.ts';
import { readSettings } from './settings.ts';

// For the command line: npx trpc-durin --config examples/quickstart/durin.config.ts list-clients
// Stop the server first: only one process may open the embedded database. With DATABASE_URL it may keep running.

const settings = readSettings([], process.env);
if (settings === 'help') throw new Error('This file reads no arguments.');

const folder = await openDataFolder(settings.dataFolder);
const orm = await openDatabase(settings.databaseUrl, folder.database);

export const durin = createAuth(orm, settings.secret ?? (await folder.readSecret()));
