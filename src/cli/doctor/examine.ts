import { withTimeout } from '../../async/with-timeout.ts';
import { readDatabaseFacts } from '../../database/mistakes/database-facts.ts';
import type { Internals } from '../../durin/internals.ts';
import { reasonOf } from '../../health/reason-of.ts';
import { type Finding, problem } from './finding.ts';
import { judgeClients } from './judge-clients.ts';
import { judgeDatabase } from './judge-database.ts';
import { judgeRedis } from './judge-redis.ts';
import { judgeSecrets } from './judge-secrets.ts';
import { judgeAnswer, judgeBody, judgeCors, judgeProxy } from './judge-server.ts';
import { judgeVersions } from './judge-versions.ts';
import { createProbes, type Fetch } from './probe-server.ts';
import { readPackages } from './read-packages.ts';
import type { RedisSetting } from './redis-rights.ts';

/** What `doctor` examines beside the app itself. */
export interface DoctorFlags {
  readonly api?: string | undefined;
  readonly authPath: string;
  readonly origin?: string | undefined;
  readonly redis?: string | undefined;
}

export interface ExamineDeps {
  readonly app: Internals;
  readonly fetchUrl: Fetch;
  /** Such as `24.1.0`. */
  readonly nodeVersion: string;
  /** The folder of the app. */
  readonly folder: string;
  /** How long the database, Redis and each call of the server may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** In bytes. */
const largeBody = 10_000_000;

/** An origin that no app has. */
const foreignOrigin = 'https://trpc-durin.invalid';

/** Examines an app and what is around it. Changes nothing. */
export async function examine(deps: ExamineDeps, flags: DoctorFlags): Promise<Finding[]> {
  const { app, nodeVersion, folder, timeoutMs } = deps;
  return [
    ...judgeVersions(nodeVersion, readPackages(folder)),
    ...judgeSecrets(app.settings.secrets),
    ...(await orProblem('database', 'The database', 'See that it runs, and that the ORM has its address.', () =>
      withTimeout(() => examineDatabase(app), { timeoutMs, service: 'The database' }),
    )),
    ...(flags.redis === undefined ? [] : await examineRedis(deps, flags.redis)),
    ...(flags.api === undefined ? [] : await examineServer(deps, flags.api, flags)),
  ];
}

async function examineDatabase({ settings, database, schema, clientStore }: Internals): Promise<Finding[]> {
  const { orm, preparedStatements, cache, clients } = settings;
  const facts = await readDatabaseFacts(orm, database, schema);
  const findings = judgeDatabase(facts, { preparedStatements, listens: cache?.bus?.listensToDatabase === true });
  const isUsable = facts.missing?.length === 0;
  return isUsable ? [...findings, ...judgeClients(clients, await clientStore.list())] : findings;
}

async function examineRedis({ app: { settings }, timeoutMs }: ExamineDeps, url: string): Promise<Finding[]> {
  return orProblem('redis', 'Redis', 'See that it runs, and that the user and password are right.', async () => {
    const { readRedis } = await import('./read-redis.ts');
    return judgeRedis(await readRedis(url, timeoutMs, settings.throttle.prefix), redisUsesOf(settings));
  });
}

function redisUsesOf({ cache, throttle }: Internals['settings']): Set<RedisSetting> {
  const uses = new Set<RedisSetting>();
  if (cache !== null && cache.store !== null) uses.add('cache.store');
  if (cache !== null && cache.bus !== null && cache.bus.listensToDatabase !== true) uses.add('cache.bus');
  if (throttle.redis !== null) uses.add('throttle.redis');
  return uses;
}

async function examineServer(
  { app, fetchUrl, timeoutMs }: ExamineDeps,
  api: string,
  { authPath, origin }: DoctorFlags,
): Promise<Finding[]> {
  const { trustProxy, cookies } = app.settings;
  const probes = createProbes({ api, authPath, fetchUrl, timeoutMs });
  return orProblem('api', nameOf(api), 'See that the server runs, and that --api is its address.', async () => {
    const answer = await probes.guarded();
    const findings = judgeAnswer(answer, `${authPath}.sessions.list`);
    if (answer.code === null) return findings;
    const preflights =
      origin === undefined ? null : await Promise.all([probes.preflight(origin), probes.preflight(foreignOrigin)]);
    return [
      ...findings,
      judgeProxy(answer, trustProxy),
      ...(preflights === null ? [] : judgeCors(...preflights, cookies?.allowedOrigins ?? null)),
      judgeBody(await probes.largeBody(largeBody), largeBody),
    ];
  });
}

async function orProblem(
  check: string,
  subject: string,
  cure: string,
  work: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await work();
  } catch (error) {
    return [problem(check, `${subject} cannot be examined: ${reasonOf(error).replace(/\.$/, '')}.`, cure)];
  }
}

/** Host and path of an address. */
function nameOf(api: string): string {
  const { host, pathname } = new URL(api);
  return host + pathname;
}
