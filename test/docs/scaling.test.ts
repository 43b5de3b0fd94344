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
function expectNear(figure: number, measured: number): void {
  expect(figure / measured).toBeGreaterThan(0.75);
  expect(figure / measured).toBeLessThan(1.33);
}

test.each([
  ['tRPC over HTTP, without a guard', 'µs', unguardedUs],
  ['a look-up in PostgreSQL, 64 at once', 'µs', usOf('look-up, no cache, Postgres, 64 at once')],
  ['a look-up in Redis, 64 at once', 'µs', usOf('look-up, shared cache, 64 at once')],
  ['writing one use of a token', 'µs', usOf('recording the last use, 200,000 tokens')],
  ['a login', 'ms', usOf('login, a client of one session') / 1000],
])('the page computes with the benchmark: %s', (work, unit, measured) =>
  expectNear(numberBefore(unit, costs.get(work)), measured),
);

test('the page computes with the benchmark: a guarded call', () => {
  const [unguarded, guard] = ['tRPC over HTTP, without a guard', 'the guard, with the session in memory'].map((work) =>
    numberBefore('µs', costs.get(work)),
  ) as [number, number];
  expectNear(unguarded + guard, guardedUs);
});
