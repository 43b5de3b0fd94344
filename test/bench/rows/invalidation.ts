import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Series } from '../measure.ts';
import { type Row, ratioRow } from '../table.ts';

/** Evicting the sessions of one user from the memory of a process, with many sessions in it and with few. */
export async function benchInvalidation(sessions: number, rounds: number): Promise<Row[]> {
  const file = join(import.meta.dirname, '../processes/invalidation-process.ts');
  const child = fork(file, [String(sessions), String(rounds)], { execArgv: ['--max-old-space-size=4096'] });
  const [[many, few]] = (await once(child, 'message')) as [Series[]];
  await once(child, 'exit');
  return [
    ratioRow(`a user's invalidation, ${sessions.toLocaleString('en')} sessions in memory`, many, few, { atMost: 2 }),
  ];
}
