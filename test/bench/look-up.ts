import { Pool } from 'pg';
import type { BenchApp } from './bench-app.ts';
import { concurrently, sideBySide } from './measure.ts';

const width = 64;

/** The join that a look-up makes, as one would write it by hand for `pg`. */
const join = `
  select t.id, t.selector, t.created, t.expiry, t.last_used_at, c.id as client_id, c.name, c.token_ttl, c.throttle_rate,
    u.id as user_id, u.username, u.is_active, u.role, u.organization_id
  from durin_auth_token t join durin_client c on c.id = t.client_id join app_user u on u.id = t.user_id
  where t.selector = $1`;

/** A look-up that the cache of this process answers, one after the other: microseconds for each, by round. */
export async function benchCachedLookUp(app: BenchApp, tokens: readonly string[]) {
  const [series] = await sideBySide(
    {
      'durin.authenticate, cached': async (count) => {
        for (let index = 0; index < count; index += 1)
          await app.durin.authenticate(tokens[index % tokens.length] ?? '');
      },
    },
    { count: 100_000, rounds: 7 },
  );
  return series;
}

/** A look-up without cache against the same join through `pg`, as a named prepared statement, 64 at once. */
export async function benchLookUp(app: BenchApp, url: string, tokens: readonly string[]) {
  const pool = new Pool({ connectionString: url, max: 10 });
  const selectors = tokens.map((token) => token.slice(0, 32));
  const series = await sideBySide(
    {
      'durin.authenticate': (count) =>
        concurrently(count, width, (index) => app.durin.authenticate(tokens[index % tokens.length] ?? '')),
      'pg, named prepared': (count) =>
        concurrently(count, width, (index) =>
          pool.query({ name: 'reference', text: join, values: [selectors[index % selectors.length]] }),
        ),
    },
    { count: 4000, rounds: 9 },
  );
  await pool.end();
  return series;
}
