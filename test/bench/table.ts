import { median, type Series, typical } from './measure.ts';

/** One line of the benchmark's table. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  readonly reference: string;
  /** What is compared with the target: a ratio of the two figures, a time, a count, a size. */
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
    ...judged(typical(own) / typical(other), target, twoDigits),
  };
}

/** How our requests per second relate to those of the reference. */
export function rateRow(work: string, ours: Series | undefined, reference: Series | undefined, target: Target): Row {
  const [own, other] = [required(ours), required(reference)];
  return {
    work,
    ours: perSecond(own),
    reference: `${other.name}: ${perSecond(other)}`,
    ...judged(typical(other) / typical(own), target, twoDigits),
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

export const twoDigits = (value: number) => value.toFixed(2);

const writtenCounts = (counts: Counts) =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');

const inMicroseconds = (series: Series) => `${typical(series).toFixed(1)} us`;

function perSecond(series: Series): string {
  const rate = `${Math.round(1e6 / typical(series))}/s`;
  const cpu = median(series.cpuMicroseconds ?? []);
  return cpu > 0 ? `${rate}, ${cpu.toFixed(1)} us CPU` : rate;
}

function judged(value: number, target: Target, written: (value: number) => string) {
  const measured = written(value);
  if (target === null) return { measured, target: '', isMet: null };
  return 'atMost' in target
    ? { measured, target: `<= ${written(target.atMost)}`, isMet: value <= target.atMost }
    : { measured, target: `>= ${written(target.atLeast)}`, isMet: value >= target.atLeast };
}

export function required(series: Series | undefined): Series {
  if (series === undefined) throw new TypeError('there is no such series');
  return series;
}

/** The rows as Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const verdict = ({ isMet }: Row) => (isMet === null ? '' : isMet ? 'met' : 'missed');
  const lineOf = (row: Row) =>
    `| ${[row.work, row.ours, row.reference, row.measured, row.target, verdict(row)].join(' | ')} |`;
  return [
    '| work | trpc-durin | reference | measured | target | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
  ].join('\n');
}
