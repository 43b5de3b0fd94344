import { Pool } from 'pg';
import { openBenchApp } from '../bench-app.ts';
import { concurrently, type Extent, sideBySide } from '../measure.ts';
import { type Row, ratioRow } from '../table.ts';

/** Look-ups at once. */
export const width = 64;

/** A look-up without cache against the very statement that it sends, through `pg`, named and prepared. */
export async function benchLookUp(url: string, tokens: readonly string[], extent: Extent): Promise<Row[]> {
  const app = await openBenchApp(url);
  const statements = await app.statements();
  await app.durin.authenticate(tokens[0] ?? '');
  const join = statements.find(({ text }) => text.includes('durin_auth_token'))?.text ?? '';
  const pool = new Pool({ connectionString: url, max: 10 });
  const selectors = tokens.map((token) => token.slice(0, 32));
  const [ours, reference] = await sideBySide(
    {
      'durin.authenticate': (count) => concurrently(count, width, (index) => app.durin.authenticate(at(tokens, index))),
      'the same join by `pg`, prepared': (count) =>
        concurrently(count, width, (index) =>
          pool.query({ name: 'reference', text: join, values: [at(selectors, index)] }),
        ),
    },
    extent,
  );
  await pool.end();
  await app.close();
  return [ratioRow('look-up, no cache, Postgres, 64 at once', ours, reference, { atMost: 1.3 })];
}

function at<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T;
}
