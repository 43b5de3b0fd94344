import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import { Client as PgClient } from 'pg';
import { createDurin } from '../../../src/index.ts';
import { defineNotifiedEntities, notifiedSecret as secret } from '../../support/bus/notified-entities.ts';
import type { NotifiedRouter } from './notified-server.ts';

/** A user with a session. */
export interface NotifiedSession {
  readonly token: string;
  readonly tokenId: string;
  readonly userId: number;
  readonly username: string;
}

/** The app's database, and what changes it besides the servers: durin in this process, which caches nothing, and SQL. */
export async function openNotifiedDatabase(postgresUrl: string) {
  const entities = defineNotifiedEntities({ notify: true });
  const { User, Client, AuthToken } = entities;
  const orm = await MikroORM.init({ clientUrl: postgresUrl, entities: Object.values(entities) });
  await orm.schema.refresh();
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: { tokenTtl: '1d' } },
    verifyCredentials: () => null,
  });
  await durin.clients.sync();

  return {
    orm,
    User,
    durin,
    async enter(): Promise<NotifiedSession> {
      const em = orm.em.fork();
      const user = em.create(User, { username: crypto.randomUUID() });
      await em.flush();
      const { token, auth } = await durin.tokens.issue({ user, client: 'web' });
      return { token, tokenId: auth.id, userId: user.id, username: user.username };
    },
    /** Runs a statement as another program does, over a connection of its own. */
    async psql(sql: string, values: readonly unknown[] = []): Promise<void> {
      const client = new PgClient({ connectionString: postgresUrl });
      client.on('error', () => {});
      await client.connect();
      await client.query(sql, [...values]);
      await client.end();
    },
    async close(): Promise<void> {
      await durin.close();
      await orm.close();
    },
  };
}

export type NotifiedDatabase = Awaited<ReturnType<typeof openNotifiedDatabase>>;

export async function startNotifiedServer(postgresUrl: string) {
  const child = fork(join(import.meta.dirname, 'notified-server.ts'), {
    env: { PATH: process.env['PATH'] ?? '', POSTGRES_URL: postgresUrl },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), failed(child)])) as [{ port: number }];
  const client = createTRPCClient<NotifiedRouter>({
    links: [
      httpLink({
        url: `http://127.0.0.1:${port}`,
        headers: ({ op }) => {
          const { token } = op.context as { token?: string };
          return token === undefined ? {} : { authorization: `Token ${token}` };
        },
      }),
    ],
  });

  /** `null`: the token is accepted; or the code of the refusal. */
  async function ask(token: string): Promise<string | null> {
    try {
      await client.me.query(undefined, { context: { token } });
      return null;
    } catch (error) {
      const code = error instanceof TRPCClientError ? error.data?.durin?.code : undefined;
      if (typeof code !== 'string') throw error;
      return code;
    }
  }

  return {
    client,
    ask,
    /** Resolves once it has the session in its memory, and trusts it. */
    async warm(token: string): Promise<void> {
      do await ask(token);
      while (!(await client.isConnected.query()));
      await ask(token);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop(): Promise<number | null> {
      const ended = once(child, 'exit');
      child.send('stop');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const [code] = (await ended) as [number | null];
      clearTimeout(timer);
      return code;
    },
  };
}

export type NotifiedServer = Awaited<ReturnType<typeof startNotifiedServer>>;

async function failed(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error('The server ended');
}
