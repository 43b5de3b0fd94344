import type { KeyValueStore } from '../../../src/index.ts';
import { redisStore } from '../../../src/redis/index.ts';
import { type BenchApp, openBenchApp } from '../bench-app.ts';
import { type Counts, countRow, type Row } from '../table.ts';

/** What does not depend on the machine: how often the database and the store are asked. */
export async function benchCounts(url: string, redisUrl: string, tokens: readonly string[]): Promise<Row[]> {
  const calls: string[] = [];
  const uncached = await openBenchApp(url);
  const store = counted(redisStore({ url: redisUrl, prefix: 'counts:' }), calls);
  const shared = await openBenchApp(url, { ttl: '1h', store, timeout: 5000 }); // connecting takes longer under load
  const [token = '', other = ''] = tokens;
  const forged = tokens.map((each) => each.slice(0, -1) + (each.endsWith('0') ? '1' : '0'));
  const refused = (app: BenchApp) =>
    Promise.all(
      forged.map((each) =>
        app.durin.authenticate(each).then(
          () => Promise.reject(new Error('a forged token was accepted')),
          () => {},
        ),
      ),
    );
  const batch = (app: BenchApp, caller = app.callAs(token)) =>
    Promise.all(Array.from({ length: 10 }, () => caller.guarded()));

  const costOf = await createCosts(shared, calls);
  const sqlOf = await createCosts(uncached, []);
  await shared.durin.authenticate(token);
  const rows = [
    countRow(`${forged.length} forged tokens`, await costOf(() => refused(shared)), { SQL: 0, 'store calls': 0 }),
    countRow('batch of ten guarded calls, no cache', await sqlOf(() => batch(uncached)), { SQL: 1, 'store calls': 0 }),
    countRow('batch of ten guarded calls, shared cache', await costOf(() => batch(shared)), {
      SQL: 0,
      'store calls': 1,
    }),
    countRow('look-up, shared cache', await costOf(() => shared.durin.authenticate(token)), {
      SQL: 0,
      'store calls': 1,
    }),
    countRow(
      'a thousand look-ups at once of a token that is not cached',
      await costOf(() => Promise.all(Array.from({ length: 1000 }, () => shared.durin.authenticate(other)))),
      { SQL: 1, 'store calls': 3 }, // the entry and the fences, the owner's fences, the new entry
    ),
  ];
  await Promise.all([uncached.close(), shared.close()]);
  return rows;
}

/** Counts the statements and calls that a piece of work takes; uses are noted apart from it. */
async function createCosts(app: BenchApp, calls: readonly string[]) {
  const statements = await app.statements();
  return async function costOf(work: () => Promise<unknown>): Promise<Counts> {
    const before = [statements.length, calls.length] as const;
    await work();
    const sql = statements.slice(before[0]).filter(({ text }) => !text.startsWith('with used '));
    return { SQL: sql.length, 'store calls': calls.length - before[1] };
  };
}

function counted(store: KeyValueStore, calls: string[]): KeyValueStore {
  const counting: ProxyHandler<KeyValueStore> = {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      const isCall = typeof value === 'function' && ['get', 'set', 'delete', 'getMany'].includes(String(name));
      if (!isCall) return value;
      return (...parameters: unknown[]) => {
        const isWriteCheck = String(parameters[0]).startsWith('durin:written:'); // once a second
        if (!isWriteCheck) calls.push(String(name));
        return (value as (...all: unknown[]) => unknown)(...parameters);
      };
    },
  };
  return new Proxy(store, counting);
}
