import { cpus } from 'node:os';
import { startPostgres } from '../support/postgres-server.ts';
import { openBenchApp, seed } from './bench-app.ts';
import { benchHttp } from './http.ts';
import { benchCachedLookUp, benchLookUp } from './look-up.ts';
import { median, ratioOf, type Series } from './measure.ts';

/** One row of the table: what was measured, against what, and what contract it should keep. */
function row(
  work: string,
  ours: Series | undefined,
  reference: Series | undefined,
  target: string,
  isRate = false,
): string {
  if (!ours || !reference) throw new TypeError('a row needs two series');
  const ratio = isRate ? ratioOf(reference, ours) : ratioOf(ours, reference);
  const [a, b] = [ours, reference].map((series) => `${median(series.microseconds).toFixed(1)} us`);
  return `| ${work} | ${a} | ${reference.name}: ${b} | ${ratio.toFixed(2)} | ${target} |`;
}

const postgres = await startPostgres();
try {
  const app = await openBenchApp(postgres.url);
  const tokens = await seed(app, 1000);
  const [lookUp, lookUpReference] = await benchLookUp(app, postgres.url, tokens);
  const [guarded, unguarded] = await benchHttp(postgres.url, tokens, 'uncached');
  const [cachedGuarded, cachedUnguarded] = await benchHttp(postgres.url, tokens, 'cached');
  const cachedApp = await openBenchApp(postgres.url, { ttl: '60s' });
  const cached = await benchCachedLookUp(cachedApp, tokens);
  await cachedApp.close();
  await app.close();
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, medians of rounds side by side\n`,
  );
  console.log('| work | ours | reference | ratio | target |\n|---|---|---|---|---|');
  console.log(row('look-up, no cache, Postgres, 64 at once', lookUp, lookUpReference, '<= 1.3'));
  console.log(row('guarded call over HTTP, no cache, requests per second', guarded, unguarded, '>= 0.70', true));
  console.log(
    row('guarded call over HTTP, cached, requests per second', cachedGuarded, cachedUnguarded, '>= 0.95', true),
  );
  console.log(
    `| look-up, cached in this process | ${median(cached?.microseconds ?? []).toFixed(1)} us | | | <= 3 us |`,
  );
} finally {
  await postgres.stop();
}
