/**
 * Works through more than one batch holds: repeats work until it finds fewer than a batch.
 * @param work does one batch, and returns how many it held
 * @returns how many there were in all
 */
export async function repeatWhileFull(batchSize: number, work: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await work();
    total += count;
    if (count < batchSize) return total;
  }
}
