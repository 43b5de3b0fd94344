import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** Creates and drops databases on a PostgreSQL server, over one connection that is opened when it is first needed. */
export function createDatabaseServer(serverUrl: string) {
  let connecting: Promise<Client> | null = null;

  function connection(): Promise<Client> {
    connecting ??= connect(serverUrl);
    return connecting;
  }

  const templates = new Map<string, Promise<string>>();

  /** Runs the schema's SQL once per server: every later database of this schema is a copy of that one. */
  function provideTemplate(schema: string): Promise<string> {
    const template = templateOf(schema);
    const provided = templates.get(template) ?? provideOnce(template, schema);
    templates.set(template, provided);
    return provided;
  }

  /** The lock keeps other processes out. It would let this one in a second time. */
  async function provideOnce(template: string, schema: string): Promise<string> {
    const client = await connection();
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
      if (rowCount === 0) await buildTemplate(client, template, schema);
    } finally {
      await client.query('select pg_advisory_unlock(hashtext($1))', [template]);
    }
    return template;
  }

  /** The template gets its name only when it is complete, so that a run that is killed leaves no half of one. */
  async function buildTemplate(client: Client, template: string, schema: string): Promise<void> {
    const draft = newDatabaseName();
    await client.query(`create database ${draft}`);
    const inDraft = await connect(databaseUrl(serverUrl, draft));
    await inDraft.query(schema);
    await inDraft.end();
    await client.query(`alter database ${draft} rename to ${template}`);
  }

  return {
    async create(name: string, schema = ''): Promise<void> {
      const template = schema === '' ? '' : ` template ${await provideTemplate(schema)}`;
      await (await connection()).query(`create database ${name}${template}`);
    },
    async drop(name: string): Promise<void> {
      await (await connection()).query(`drop database if exists ${name} with (force)`);
    },
  };
}

const templatePrefix = 'durin_template_';

function templateOf(schema: string): string {
  return templatePrefix + createHash('sha256').update(schema).digest('hex').slice(0, 32);
}

export function newDatabaseName(): string {
  return `durin_${randomUUID().replaceAll('-', '')}`;
}

/** The URL of another database of this server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops the templates, which a server that outlives the run would keep. */
export async function dropTemplates(serverUrl: string): Promise<void> {
  const client = await connect(serverUrl);
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where datname like $1', [
    `${templatePrefix}%`,
  ]);
  for (const { datname } of rows) await client.query(`drop database if exists ${datname}`);
  await client.end();
}

/** A connection whose server may stop first. */
async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}
