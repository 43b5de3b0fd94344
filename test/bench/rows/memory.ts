import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Row, valueRow } from '../table.ts';

/** What the cache of a process takes when it is full, measured in a process of its own. */
export async function benchMemory(url: string, sessions: number): Promise<Row[]> {
  const child = fork(join(import.meta.dirname, '../processes/memory-process.ts'), [url, String(sessions)], {
    execArgv: ['--expose-gc'],
  });
  const [bytes] = (await once(child, 'message')) as [number];
  await once(child, 'exit');
  const work = `in-process cache of ${sessions.toLocaleString('en')} sessions`;
  return [valueRow(work, bytes / 1e6, { atMost: 20 }, (megabytes) => `${megabytes.toFixed(1)} MB`)];
}
