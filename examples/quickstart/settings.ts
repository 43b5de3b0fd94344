import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** The settings, from the command line and the environment. */
export interface Settings {
  /** The folder for the database and the secret. */
  dataFolder: string;
  /** `null`: use PGlite, an embedded PostgreSQL, in the data folder. */
  databaseUrl: string | null;
  /** `null`: use the secret in the data folder. */
  secret: string | null;
  /** `null`: port 3000, or the next free port. */
  port: number | null;
  /** Whether to exit after the tour. */
  exitsAfterTour: boolean;
}

export const usage = `Usage: npm start -- [--port N] [--data FOLDER] [--exit]
  --port N       listen on this port (or PORT; default: 3000, or the next free port)
  --data FOLDER  store the data in this folder (or QUICKSTART_DATA; default: .data/quickstart)
  --exit         exit after the tour, with code 0 if every step succeeded
Environment variables:
  DATABASE_URL   the URL of a PostgreSQL (default: an embedded one)
  DURIN_SECRET   the secret that signs tokens (default: one that is created and stored)`;

export function readSettings(args: string[], env: NodeJS.ProcessEnv): Settings | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      exit: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    dataFolder: values.data ?? (env['QUICKSTART_DATA'] || join('.data', 'quickstart')),
    databaseUrl: env['DATABASE_URL'] || null,
    secret: env['DURIN_SECRET'] || null,
    port: readPort(values.port ?? (env['PORT'] || null)),
    exitsAfterTour: values.exit,
  };
}

function readPort(text: string | null): number | null {
  if (text === null) return null;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error('The port must be a number from 0 to 65535.');
  return Number(text);
}
