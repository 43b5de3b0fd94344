import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditedEntities } from '../../bench/entities.ts';
import { createPopulation, dropPopulation, tokensOf } from '../../bench/population.ts';
import { benchCachedLookUp } from '../../bench/rows/cached-look-up.ts';
import { benchCounts } from '../../bench/rows/counts.ts';
import { benchHttp } from '../../bench/rows/http.ts';
import { benchInvalidation } from '../../bench/rows/invalidation.ts';
import { benchLastUsed } from '../../bench/rows/last-used.ts';
import { benchLookUp } from '../../bench/rows/look-up.ts';
import { benchManyTokens, benchPurge } from '../../bench/rows/many-tokens.ts';
import { benchMemory } from '../../bench/rows/memory.ts';
import { benchPolicy } from '../../bench/rows/policy.ts';
import { benchSharedLookUp } from '../../bench/rows/shared-look-up.ts';
import { benchAudit } from '../../bench/rows/sign-in/audit.ts';
import { benchLogin } from '../../bench/rows/sign-in/login.ts';
import { tableOf } from '../../bench/table.ts';
import { postgresUrl } from '../../support/database.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

// The benchmark in small: its table is printed, so that it is seen to work, and only what it counts is judged. Times are
// the machine's, which is shared here: `npm run bench` measures them.

const server = postgresUrl ?? '';
const many = { users: 500, clients: 4, expiredUsers: 100 };
const few = { users: 50, clients: 4, expiredUsers: 10 };
let redis: OpenRedis;
let manyUrl: string;
let fewUrl: string;
let auditedUrl: string;
let plainUrl: string;
beforeAll(async () => {
  redis = await openRedis();
  manyUrl = await createPopulation(server, 'durin_bench_many', many);
  fewUrl = await createPopulation(server, 'durin_bench_few', few);
  auditedUrl = await createPopulation(server, 'durin_bench_audited', few, auditedEntities);
  plainUrl = await createPopulation(server, 'durin_bench_plain', few);
});
afterAll(async () => {
  await dropPopulation(server, 'durin_bench_many');
  await dropPopulation(server, 'durin_bench_few');
  await dropPopulation(server, 'durin_bench_audited');
  await dropPopulation(server, 'durin_bench_plain');
  await redis.stop();
});

test('the benchmark works, and what it counts is as it should be', async () => {
  const tokens = tokensOf(100);
  const extent = { count: 40, rounds: 1 };
  const counts = await benchCounts(manyUrl, redis.url, tokens);
  const timed = [
    ...(await benchLookUp(manyUrl, tokens, extent)),
    ...(await benchCachedLookUp(manyUrl, tokens, null, extent)),
    ...(await benchSharedLookUp(manyUrl, redis.url, tokens, extent)),
    ...(await benchHttp(manyUrl, tokens, 'cached', extent)),
    ...(await benchHttp(manyUrl, tokens, 'uncached', extent)),
    ...(await benchMemory(manyUrl, 500)),
    ...(await benchInvalidation(10_000, 2)),
    ...(await benchPolicy(fewUrl, { count: 1, rounds: 3 })),
    ...(await benchLogin(fewUrl, { count: 1, rounds: 1 })),
    ...(await benchAudit(auditedUrl, plainUrl, { count: 4, rounds: 1 })),
    ...(await benchLastUsed(fewUrl, 2)),
    ...(await benchManyTokens({ url: manyUrl, ...many }, { url: fewUrl, ...few }, extent)),
    ...(await benchPurge({ url: manyUrl, ...many }, { url: fewUrl, ...few })),
  ];
  console.log(`A few rounds of little work on a machine that is shared:\n${tableOf([...counts, ...timed])}`);
  expect(counts.map(({ work, measured, isMet }) => ({ work, measured, isMet }))).toEqual([
    { work: '100 forged tokens', measured: '0 SQL, 0 store calls', isMet: true },
    { work: 'batch of ten guarded calls, no cache', measured: '1 SQL, 0 store calls', isMet: true },
    { work: 'batch of ten guarded calls, shared cache', measured: '0 SQL, 1 store calls', isMet: true },
    { work: 'look-up, shared cache', measured: '0 SQL, 1 store calls', isMet: true },
    {
      work: 'a thousand look-ups at once of a token that is not cached',
      measured: '1 SQL, 3 store calls',
      isMet: true,
    },
  ]);
  expect(timed.filter(({ measured }) => measured.includes('NaN'))).toEqual([]);
});
