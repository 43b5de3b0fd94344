import { openBenchApp } from '../bench-app.ts';
import { type Extent, sideBySide, typical } from '../measure.ts';
import { type Row, ratioRow, required, valueRow } from '../table.ts';

/** Verifies one JWT, given by its number. */
export type VerifyJwt = (index: number) => Promise<unknown>;

/** A look-up that the cache of this process answers, one after the other, against verifying a JWT. */
export async function benchCachedLookUp(
  url: string,
  tokens: readonly string[],
  verifyJwt: VerifyJwt | null,
  extent: Extent,
): Promise<Row[]> {
  const app = await openBenchApp(url, { ttl: '1h' });
  const [ours, same, jose] = await sideBySide(
    {
      'durin.authenticate': oneByOne((index) => app.durin.authenticate(tokens[index % tokens.length] ?? '')),
      'durin.authenticate, the same token': oneByOne(() => app.durin.authenticate(tokens[0] ?? '')),
      ...(verifyJwt && { '`jose` verifying HS256': oneByOne(verifyJwt) }),
    },
    extent,
  );
  await app.close();
  const work = 'look-up, cached in this process';
  return [
    valueRow(work, typical(required(ours)), { atMost: 2 }, (value) => `${value.toFixed(1)} us`),
    valueRow(`${work}, always of the same token`, typical(required(same)), null, (value) => `${value.toFixed(1)} us`),
    ...(jose ? [ratioRow(work, ours, jose, { atMost: 0.04 })] : []),
  ];
}

function oneByOne(work: (index: number) => Promise<unknown>) {
  return async (count: number) => {
    for (let index = 0; index < count; index += 1) await work(index);
  };
}
