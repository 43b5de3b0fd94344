/** Microseconds per piece of work, one number for each round. */
export interface Series {
  readonly name: string;
  readonly microseconds: readonly number[];
  /** The processor time of the measured process, if it was read. */
  readonly cpuMicroseconds?: readonly number[];
}

/** How long to measure: as many rounds, of as many pieces of work each. */
export interface Extent {
  readonly count: number;
  readonly rounds: number;
}

/** Kinds of work by name; each runs `count` pieces of it. */
export type Contenders = Readonly<Record<string, (count: number) => Promise<void>>>;

/** Reads how much processor time was used so far, in microseconds. */
export type CpuClock = () => Promise<number> | number;

/**
 * Times several kinds of work side by side: in each round every kind has its turn, in changing order, so that a machine
 * whose speed drifts treats them alike. The first round warms up and is not counted.
 */
export async function sideBySide(
  contenders: Contenders,
  { count, rounds }: Extent,
  cpuClock: CpuClock = () => 0,
): Promise<Series[]> {
  const entries = Object.entries(contenders).map(([name, run]) => ({
    name,
    run,
    microseconds: [] as number[],
    cpuMicroseconds: [] as number[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { run, microseconds, cpuMicroseconds } of round % 2 === 0 ? entries : entries.toReversed()) {
      const cpuBefore = await cpuClock();
      const startedAt = performance.now();
      await run(count);
      const taken = (performance.now() - startedAt) * 1000;
      const cpuTaken = (await cpuClock()) - cpuBefore;
      if (round === 0) continue;
      microseconds.push(taken / count);
      cpuMicroseconds.push(cpuTaken / count);
    }
  }
  return entries;
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

/**
 * The median of the rounds. The sides of a row run in the same rounds, within moments of each other, so what slows the machine
 * down for a while moves the medians of all of them.
 */
export function typical({ microseconds }: Series): number {
  return median(microseconds);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
