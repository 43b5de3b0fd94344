import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CpuClock } from '../measure.ts';
import type { Opened } from './serve.ts';

/** A server process of the benchmark. */
export interface OpenServer extends Opened {
  /** The processor time that it has used. */
  readonly cpuClock: CpuClock;
  close(): Promise<void>;
}

/** @param file of the benchmark, such as `processes/durin-server.ts` */
export async function openServer(file: string, ...parameters: readonly string[]): Promise<OpenServer> {
  const server = fork(join(import.meta.dirname, '..', file), parameters);
  const [opened] = (await once(server, 'message')) as [Opened];
  return {
    ...opened,
    async cpuClock() {
      server.send('cpu');
      const [microseconds] = (await once(server, 'message')) as [number];
      return microseconds;
    },
    async close() {
      server.disconnect();
      await once(server, 'exit');
    },
  };
}
