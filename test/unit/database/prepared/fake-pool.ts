import type { NativePool, NativeQuery } from '../../../../src/database/prepared/native-pool.ts';
import type { PrepareDeps } from '../../../../src/database/prepared/prepare.ts';

/** A pool that answers each statement with one row, after it has rejected the first ones with these failures. */
export function fakePool(...failures: readonly Error[]) {
  const sent: NativeQuery[] = [];
  const released: (Error | undefined)[] = [];
  const pending = [...failures];
  async function answer(query: NativeQuery): Promise<{ rows: { one: number }[] }> {
    sent.push(query);
    const failed = pending.shift();
    if (failed !== undefined) throw failed;
    return { rows: [{ one: 1 }] };
  }
  const pool: NativePool = {
    connect: async () => ({ query: answer, release: (error) => released.push(error) }),
  };
  return { pool, sent, released };
}

/** What `pg` rejects a statement with. */
export function failure(code: string): Error {
  return Object.assign(new Error('the statement failed'), { code });
}

export function prepareDeps(deps: Partial<PrepareDeps> = {}): PrepareDeps {
  return { hasNames: true, timeoutMs: 10_000, onQuery: (sql) => sql, logQuery: () => {}, onWarning: () => {}, ...deps };
}
