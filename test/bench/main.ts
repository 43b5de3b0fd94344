import { execFileSync } from 'node:child_process';
import { Client } from 'pg';
import { startPostgres } from '../support/servers/postgres-server.ts';
import { startRedis } from '../support/servers/redis-server.ts';
import { auditedEntities } from './entities.ts';
import { openBetterAuth } from './peers/better-auth.ts';
import { createVerifyJwt } from './peers/jose.ts';
import { createPopulation, tokensOf, warmUp } from './population.ts';
import { reportOf, writeReport } from './report.ts';
import { benchAgainstBetterAuth, benchGuardsAgainstBetterAuth } from './rows/better-auth.ts';
import { benchCachedLookUp } from './rows/cached-look-up.ts';
import { benchCounts } from './rows/counts.ts';
import { benchHttp, benchTelemetry } from './rows/http.ts';
import { benchInvalidation } from './rows/invalidation.ts';
import { benchLastUsed } from './rows/last-used.ts';
import { benchLookUp } from './rows/look-up.ts';
import { benchManyTokens, benchPurge } from './rows/many-tokens.ts';
import { benchMemory } from './rows/memory.ts';
import { benchPolicy } from './rows/policy.ts';
import { benchRevocation } from './rows/revocation.ts';
import { benchSdkSize } from './rows/sdk-size.ts';
import { benchSharedLookUp } from './rows/shared-look-up.ts';
import { benchAudit } from './rows/sign-in/audit.ts';
import { benchIssue } from './rows/sign-in/issue.ts';
import { benchLogin } from './rows/sign-in/login.ts';
import { benchTypes } from './rows/types.ts';
import type { Row } from './table.ts';

// All rows of the table in docs/benchmarks.md, or those that the arguments name: `npm run bench -- login 'last used'`. Prints them as
// Markdown, and its progress to stderr. With `--write` it also puts them into that page, which needs all rows.

const users = 10_000;
const few = { users: 50, clients: 20, expiredUsers: 50 };
const many = { users: 50_000, clients: 20, expiredUsers: 5000 };

const parameters = process.argv.slice(2);
const isWritten = parameters.includes('--write');
const chosen = parameters.filter((parameter) => parameter !== '--write');
if (isWritten && chosen.length > 0) throw new Error('--write writes all rows, and cannot be combined with their names');

const [postgres, redis] = await Promise.all([startPostgres(['shared_buffers=1GB']), startRedis()]);
const rows: Row[] = [];

async function add(what: string, bench: () => Promise<Row[]>): Promise<void> {
  if (chosen.length > 0 && !chosen.includes(what)) return;
  const startedAt = performance.now();
  rows.push(...(await bench()));
  console.error(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function versionOfPostgres(): Promise<string> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows: found } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return found[0]?.server_version ?? 'unknown';
}

/** Of the program that is installed, which `REDIS_URL` may bypass. */
function versionOfRedis(): string {
  const [, version = 'unknown'] =
    /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
  return version;
}

try {
  const url = await createPopulation(postgres.url, 'bench', { users, clients: 1 });
  const tokens = tokensOf(1000);
  await add('look-up', () => benchLookUp(url, tokens, { count: 2000, rounds: 21 }));
  const verifyJwt = await createVerifyJwt(tokens.length);
  await add('cached', () => benchCachedLookUp(url, tokens, verifyJwt, { count: 2000, rounds: 41 }));
  await add('shared', () => benchSharedLookUp(url, redis.url, tokens, { count: 2000, rounds: 41 }));
  await add('HTTP, no cache', () => benchHttp(url, tokens, 'uncached', { count: 320, rounds: 101 }));
  await add('HTTP, cached', () => benchHttp(url, tokens, 'cached', { count: 640, rounds: 101 }));
  await add('telemetry', () => benchTelemetry(url, tokens, { count: 320, rounds: 101 }));
  await add('login', () => benchLogin(url, { count: 20, rounds: 15 }));
  await add('audit', async () => {
    const audited = await createPopulation(postgres.url, 'audited', { users, clients: 1 }, auditedEntities);
    const plain = await createPopulation(postgres.url, 'not_audited', { users, clients: 1 });
    return benchAudit(audited, plain, { count: 4, rounds: 1001 });
  });
  await add('issue', async () => {
    const issued = await createPopulation(postgres.url, 'issued', { users, clients: 1 }); // whose tokens are replaced
    return benchIssue(postgres.url, issued, { count: 100, rounds: 31 });
  });
  await add('counts', () => benchCounts(url, redis.url, tokens));
  await add('memory', () => benchMemory(url, users));
  await add('invalidation', () => benchInvalidation(1_000_000, 201));
  await add('revocation', () => benchRevocation(postgres.url, redis.url, { count: 400, rounds: 100 }));
  await add('policy', () => benchPolicy(url, { count: 5, rounds: 21 }));
  await add('types', () => benchTypes({ count: 1, rounds: 9 }));
  await add('SDK', () => benchSdkSize());
  await add('better-auth', async () => [
    ...(await benchAgainstBetterAuth(url, redis.url, tokens, openBetterAuth, { count: 400, rounds: 9 })),
    ...(await benchGuardsAgainstBetterAuth(url, tokens, { count: 400, rounds: 21 })),
  ]);
  await add('last used', async () => {
    const used = await createPopulation(postgres.url, 'used', { users: 200_000, clients: 1 });
    return benchLastUsed(used, 10);
  });
  await add('many tokens', async () => {
    const [large, small] = [
      { url: await createPopulation(postgres.url, 'many', many), ...many },
      { url: await createPopulation(postgres.url, 'few', few), ...few },
    ];
    await warmUp(large.url);
    const compared = await benchManyTokens(large, small, { count: 600, rounds: 25 });
    return [...compared, ...(await benchPurge(large, small))];
  });
  const report = reportOf(rows, { postgres: await versionOfPostgres(), redis: versionOfRedis() });
  console.log(report);
  if (isWritten) writeReport(report);
} finally {
  await Promise.all([postgres.stop(), redis.stop()]);
}
