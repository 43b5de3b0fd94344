import { expect, test } from 'vitest';
import { tableBelow } from './pages.ts';

const benchmark = tableBelow('docs/benchmarks.md', 'The table');
const costs = new Map(
  tableBelow('docs/scaling.md', 'What one call costs').map(([work = '', time = '']) => [work, time]),
);

/** The first number of a text that a unit follows. */
function numberBefore(unit: string, text: string | undefined): number {
  const [, number] = new RegExp(`([\\d.,]+) ?${unit}`).exec(text ?? '') ?? [];
  if (number === undefined) throw new Error(`no figure in ${unit}: ${text}`);
  return Number(number.replaceAll(',', ''));
}

/** The cells of the benchmark's row. A row without a reference is the first of its name. */
function rowOf(work: string, reference = ''): string[] {
  const row = benchmark.find(([name, , other = '']) => name === work && other.includes(reference));
  if (row === undefined) throw new Error(`the benchmark has no row "${work}"`);
  return row;
}

const call = rowOf('guarded call over HTTP, cached', 'without trpc-durin, unguarded');
const [guardedUs, unguardedUs] = [numberBefore('us CPU', call[1]), numberBefore('us CPU', call[2])];
const usOf = (work: string) => numberBefore('us', rowOf(work)[1]);

/** A run of the benchmark differs from the next by some percent, which need not change the page. */
const differs = (figure: number, measured: number) => Math.abs(Math.log(figure / measured)) > Math.log(1.33);

test('the page computes with the figures of the benchmark', () => {
  const costUs = (work: string) => numberBefore('µs', costs.get(work));
  const guarded = costUs('tRPC over HTTP, without a guard') + costUs('the guard, with the session in memory');
  const pairs: Record<string, readonly [figure: number, measured: number]> = {
    unguarded: [costUs('tRPC over HTTP, without a guard'), unguardedUs],
    guarded: [guarded, guardedUs],
    PostgreSQL: [costUs('a look-up in PostgreSQL, 64 at once'), usOf('look-up, no cache, Postgres, 64 at once')],
    Redis: [costUs('a look-up in Redis, 64 at once'), usOf('look-up, shared cache, 64 at once')],
    use: [costUs('writing one use of a token'), usOf('recording the last use, 200,000 tokens')],
    login: [numberBefore('ms', costs.get('a login')), usOf('login, a client of one session') / 1000],
  };
  expect(Object.entries(pairs).filter(([, [figure, measured]]) => differs(figure, measured))).toEqual([]);
});
