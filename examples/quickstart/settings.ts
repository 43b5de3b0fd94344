import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What the command line and the environment say. */
export interface Settings {
  /** Where the database, the secret and the lock are kept. */
  dataFolder: string;
  /** `null`: an embedded PostgreSQL, PGlite, in the data folder. */
  databaseUrl: string | null;
  /** `null`: the one in the data folder. */
  secret: string | null;
  /** `null`: 3000, or the next port that is free. */
  port: number | null;
  /** Whether the program ends after the tour. */
  exits: boolean;
}

export const usage = `Usage: npm start -- [--port N] [--data FOLDER] [--exit]
  --port N       listen there, or not at all (also PORT; default: 3000, or the next port that is free)
  --data FOLDER  keep the data there (also QUICKSTART_DATA; default: .data/quickstart)
  --exit         end after the tour, with exit code 0 if every step went as it should
DATABASE_URL=postgresql://... has it use that PostgreSQL, DURIN_SECRET=... that secret.`;

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
    exits: values.exit,
  };
}

function readPort(text: string | null): number | null {
  if (text === null) return null;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error('The port must be a number from 0 to 65535.');
  return Number(text);
}
