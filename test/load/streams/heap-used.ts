import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The bytes of what is in use. */
export function heapUsed(): number {
  for (let round = 0; round < 5; round += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}
