import { once } from 'node:events';
import { lockPgliteFolder } from '../../../src/database/pglite/index.ts';

// Locks the folder of its argument at the word "go", prints how that ended, and keeps the lock until its input ends.
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  lockPgliteFolder(process.argv[2] ?? '');
  process.stdout.write('locked\n');
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
process.stdin.resume();
