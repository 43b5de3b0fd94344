import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import type { ClusterRouter, Sharing } from './cluster-server.ts';

export interface ServerOptions {
  readonly postgresUrl: string;
  /** Needed unless PostgreSQL alone ends the sessions. */
  readonly redisUrl?: string;
  readonly sharing: Sharing;
  /** Where a postgresBus listens, if the other address is a pooler's. */
  readonly busUrl?: string;
  /** Default: true. */
  readonly preparedStatements?: boolean;
}

/** A server process, and calls to it. */
export async function startServer(options: ServerOptions) {
  const { postgresUrl, redisUrl = '', sharing, busUrl = '', preparedStatements = true } = options;
  const child = fork(join(import.meta.dirname, 'cluster-server.ts'), {
    env: {
      PATH: process.env['PATH'] ?? '',
      POSTGRES_URL: postgresUrl,
      REDIS_URL: redisUrl,
      SHARING: sharing,
      BUS_URL: busUrl,
      PREPARED: String(preparedStatements),
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const complaints: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const [{ port }] = (await Promise.race([once(child, 'message'), failed(child, complaints)])) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  const client = createTRPCClient<ClusterRouter>({
    links: [
      httpLink({
        url,
        headers: ({ op }) => {
          const { token } = op.context as { token?: string };
          return token === undefined ? {} : { authorization: `Token ${token}` };
        },
      }),
    ],
  });

  /** `null`: the token is accepted; or the code of the refusal. Anything else is thrown. */
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
    url,
    client,
    ask,
    async accepts(token: string): Promise<boolean> {
      const refusal = await ask(token);
      if (refusal !== null && refusal !== 'INVALID_TOKEN') throw new Error(`It was refused with ${refusal}`);
      return refusal === null;
    },
    /** Resolves once it has the session in its memory, and trusts it. */
    async warm(token: string): Promise<void> {
      do await ask(token);
      while (!(await client.isConnected.query()));
      await ask(token);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    block: (ms: number) => client.block.mutate(ms),
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
        /** What it wrote to its log, outages included. */
        log: complaints
          .join('')
          .split('\n')
          .filter((line) => line !== ''),
        tookMs: performance.now() - startedAt,
        complaints: complaints.join('').split('\n').filter(isUnexpected),
      };
    },
  };
}

/** How it ends if nothing is wrong. */
export const wellEnded = { code: 0, signal: null, complaints: [] } as const;

export type Server = Awaited<ReturnType<typeof startServer>>;

/** What a process says of the servers that it uses: that one is away, or is a pooler that mixes up statements. */
const reports =
  /^trpc-durin: (?:.* until (?:it|the cache's bus|the throttle's store|the database) works again|a connection pooler mixes up prepared statements)/;

function isUnexpected(line: string): boolean {
  return line !== '' && !reports.test(line);
}

async function failed(child: ChildProcess, complaints: readonly string[]): Promise<never> {
  await once(child, 'exit');
  throw new Error(`The server ended:\n${complaints.join('')}`);
}
