import { cpus } from 'node:os';
import { fastest, ratioOf, type Series } from './measure.ts';

/** One line of the benchmark's table. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  readonly reference: string;
  /** What is compared with the target: a ratio, a time, a count, a size. */
  readonly measured: string;
  readonly target: string;
  /** `null`: there is no target, the row is for information. */
  readonly isMet: boolean | null;
}

/** A bound on what was measured; `null`: there is none. */
export type Target = { readonly atMost: number } | { readonly atLeast: number } | null;

/** How the time of our work relates to that of the reference. */
export function ratioRow(work: string, ours: Series | undefined, reference: Series | undefined, target: Target): Row {
  const [own, other] = [required(ours), required(reference)];
  return {
    work,
    ours: inMicroseconds(own),
    reference: `${other.name}: ${inMicroseconds(other)}`,
    ...judged(ratioOf(own, other), target, (ratio) => ratio.toFixed(2)),
  };
}

/** How our requests per second relate to those of the reference. */
export function rateRow(work: string, ours: Series | undefined, reference: Series | undefined, target: Target): Row {
  const [own, other] = [required(ours), required(reference)];
  return {
    work,
    ours: perSecond(own),
    reference: `${other.name}: ${perSecond(other)}`,
    ...judged(ratioOf(other, own), target, (ratio) => ratio.toFixed(2)),
  };
}

/** Something that is measured on its own. */
export function valueRow(work: string, value: number, target: Target, written: (value: number) => string): Row {
  return { work, ours: written(value), reference: '', ...judged(value, target, written) };
}

/** Counts that have to be just these, such as `{ SQL: 0 }`. */
export function countRow(work: string, counts: Counts, expected: Counts): Row {
  const [measured, target] = [writtenCounts(counts), writtenCounts(expected)];
  return { work, ours: measured, reference: '', measured, target, isMet: measured === target };
}

export type Counts = Readonly<Record<string, number>>;

const writtenCounts = (counts: Counts) =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');

const inMicroseconds = (series: Series) => `${fastest(series).toFixed(1)} us`;
const perSecond = (series: Series) => `${Math.round(1e6 / fastest(series))}/s`;

function judged(value: number, target: Target, written: (value: number) => string) {
  const measured = written(value);
  if (target === null) return { measured, target: '', isMet: null };
  return 'atMost' in target
    ? { measured, target: `<= ${written(target.atMost)}`, isMet: value <= target.atMost }
    : { measured, target: `>= ${written(target.atLeast)}`, isMet: value >= target.atLeast };
}

function required(series: Series | undefined): Series {
  if (series === undefined) throw new TypeError('there is no such series');
  return series;
}

/** The rows as Markdown, with the machine and the day. */
export function tableOf(rows: readonly Row[]): string {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`;
  const verdict = ({ isMet }: Row) => (isMet === null ? '' : isMet ? 'met' : 'missed');
  return [
    `${day}, ${machine}, PostgreSQL and Redis on the same machine. Times are those of the fastest round; a ratio is the median of what many rounds say, in each of which both had their turn.`,
    '',
    '| work | trpc-durin | reference | measured | target | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) =>
      [row.work, row.ours, row.reference, row.measured, row.target, verdict(row)].reduce(
        (line, cell) => `${line} ${cell} |`,
        '|',
      ),
    ),
  ].join('\n');
}
