import { openBenchApp } from '../bench-app.ts';
import { tokensOf } from '../population.ts';

// Tells its parent by how many bytes the heap has grown once the cache holds as many sessions as it may.
const [, , url = '', count = ''] = process.argv;
const sessions = Number(count);

/** What is in use, once nothing can be collected any more. */
async function used(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function lookUp(app: Awaited<ReturnType<typeof openBenchApp>>, tokens: readonly string[]): Promise<void> {
  for (let start = 0; start < tokens.length; start += 100)
    await Promise.all(tokens.slice(start, start + 100).map((token) => app.durin.authenticate(token)));
}

const app = await openBenchApp(url, { ttl: '1h', maxSessions: sessions });
const tokens = tokensOf(sessions);
await lookUp(app, tokens.slice(0, 100)); // so that connections and compiled code are there already
await app.durin.users.forget(1);
const before = await used();
await lookUp(app, tokens);
const statements = await app.statements();
await lookUp(app, tokens);
if (statements.length > 0) throw new Error(`the cache does not hold ${sessions} sessions`);
process.send?.((await used()) - before);
await app.close();
