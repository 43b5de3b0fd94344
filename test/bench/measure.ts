/** Microseconds per piece of work, one number for each round. */
export interface Series {
  readonly name: string;
  readonly microseconds: readonly number[];
}

/** How long to measure: as many rounds, of as many pieces of work each. */
export interface Extent {
  readonly count: number;
  readonly rounds: number;
}

/** Kinds of work by name; each runs `count` pieces of it. */
export type Contenders = Readonly<Record<string, (count: number) => Promise<void>>>;

/**
 * Times several kinds of work side by side: in each round every kind has its turn, in changing order, so that a machine
 * whose speed drifts treats them alike. The first round warms up and is not counted.
 */
export async function sideBySide(contenders: Contenders, { count, rounds }: Extent): Promise<Series[]> {
  const series = Object.entries(contenders).map(([name, run]) => ({ name, run, microseconds: [] as number[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { run, microseconds } of round % 2 === 0 ? series : series.toReversed()) {
      const startedAt = performance.now();
      await run(count);
      const taken = ((performance.now() - startedAt) * 1000) / count;
      if (round > 0) microseconds.push(taken);
    }
  }
  return series;
}

/** Does `count` pieces of work, `width` of them at once. */
export async function concurrently(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < count) await work(next++);
  }
  await Promise.all(Array.from({ length: width }, lane));
}

/** The fastest round: what else the machine does can only slow a round down. */
export function fastest({ microseconds }: Series): number {
  return Math.min(...microseconds);
}

/**
 * How `ours` relates to `reference`: the median of what the rounds say, in each of which both ran within moments of each
 * other. So a machine that gets slower for a while, or stumbles, changes little.
 */
export function ratioOf(ours: Series, reference: Series): number {
  return median(ours.microseconds.map((time, round) => time / (reference.microseconds[round] ?? Number.NaN)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
