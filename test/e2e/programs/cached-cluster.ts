import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import { createDurin } from '../../../src/index.ts';
import { requiredOptions } from '../../support/app.ts';
import { entities, User } from '../../support/entities.ts';
import type { AppRouter } from './cached-server.ts';

export interface ClusterOptions {
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly hasBus: boolean;
  readonly size: number;
}

/** Creates the tables, the clients and users; gives their keys by name. */
export async function prepareDatabase(postgresUrl: string, userCount: number): Promise<Map<string, number>> {
  const orm = await MikroORM.init({ clientUrl: postgresUrl, entities });
  await orm.schema.refresh();
  const durin = createDurin({ ...requiredOptions(orm), clients: { web: { tokenTtl: '1d' }, cli: { tokenTtl: null } } });
  await durin.clients.sync();
  const em = orm.em.fork();
  const users = Array.from({ length: userCount }, (_, index) =>
    em.create(User, { username: `user ${index}`, passwordHash: null }),
  );
  await em.flush();
  await durin.close();
  await orm.close();
  return new Map(users.map(({ username, id }) => [username, id]));
}

/** A server process, and calls to it. What the calls answer is told by a code, unless it is no refusal. */
export async function startServer({ postgresUrl, redisUrl, hasBus }: Omit<ClusterOptions, 'size'>) {
  const child = fork(join(import.meta.dirname, 'cached-server.ts'), {
    env: {
      PATH: process.env['PATH'] ?? '',
      POSTGRES_URL: postgresUrl,
      REDIS_URL: redisUrl,
      HAS_BUS: hasBus ? 'yes' : 'no',
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const complaints: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const [{ port }] = (await Promise.race([once(child, 'message'), failed(child, complaints)])) as [{ port: number }];
  const client = createTRPCClient<AppRouter>({
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
  return {
    client,
    /** Whether it accepts a token; anything but an answer to that is thrown. */
    async accepts(token: string): Promise<boolean> {
      try {
        await client.me.query(undefined, { context: { token } });
        return true;
      } catch (error) {
        if (error instanceof TRPCClientError && error.data?.durin?.code === 'INVALID_TOKEN') return false;
        throw error;
      }
    },
    /** Tells it to close, and waits until it has ended by itself. */
    async stop() {
      const ended = once(child, 'exit');
      const startedAt = performance.now();
      child.send('stop');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const [code, signal] = (await ended) as [number | null, string | null];
      clearTimeout(timer);
      return {
        code,
        signal,
        tookMs: performance.now() - startedAt,
        complaints: complaints.join('').split('\n').filter(isUnexpected),
      };
    },
  };
}

export type Server = Awaited<ReturnType<typeof startServer>>;

/** A Redis that is stopped or slow is reported once per outage. */
function isUnexpected(line: string): boolean {
  return line !== '' && !/^trpc-durin: .* until (?:it|the cache's bus) works again/.test(line);
}

async function failed(child: ChildProcess, complaints: readonly string[]): Promise<never> {
  await once(child, 'exit');
  throw new Error(`The server ended:\n${complaints.join('')}`);
}
