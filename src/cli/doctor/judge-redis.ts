import { type Finding, ok, problem, warning } from './finding.ts';
import { type DeniedRights, judgeRedisRights, type NeededRights, type RedisSetting } from './redis-rights.ts';

/** What a Redis says about itself. `null`: the user may not ask. */
export interface RedisFacts {
  readonly version: string | null;
  /** `maxmemory-policy`. */
  readonly policy: string | null;
  /** Bytes; 0: no limit. */
  readonly maxMemory: number | null;
  /** Whether it writes its data to disk. */
  readonly isPersistent: boolean | null;
  /** What the user must be allowed to run, by the setting that needs it. */
  readonly needed: NeededRights;
  /** What of it the user may not run. */
  readonly denied: DeniedRights | null;
}

/** What was read of a server. Its `node` is host and port; `null`: it is the only one, which needs no name. */
export type RedisReading = { readonly node: string | null } & (
  | { readonly kind: 'read'; readonly facts: RedisFacts }
  | { readonly kind: 'failed'; readonly reason: string }
);

/** These evict nothing that is not about to expire anyway. */
const goodPolicies: ReadonlySet<string> = new Set(['noeviction', 'volatile-ttl']);

/**
 * What is found names the server, unless it is the only one.
 * @param uses the settings by which the app uses Redis
 */
export function judgeRedis(readings: readonly RedisReading[], uses: ReadonlySet<RedisSetting>): Finding[] {
  return readings.flatMap((reading) => {
    const findings = judgeReading(reading, uses);
    const { node } = reading;
    return node === null ? findings : findings.map((finding) => ({ ...finding, found: `${node}: ${finding.found}` }));
  });
}

function judgeReading(reading: RedisReading, uses: ReadonlySet<RedisSetting>): Finding[] {
  switch (reading.kind) {
    case 'read': {
      const { facts } = reading;
      return [judgePolicy(facts), judgePersistence(facts), ...judgeRedisRights(facts.needed, facts.denied, uses)];
    }
    case 'failed':
      return [
        problem(
          'redis',
          `It cannot be examined: ${reading.reason.replace(/\.$/, '')}.`,
          'See that it runs, that this machine reaches it at this address, and that the user and password are right.',
        ),
      ];
  }
}

function judgePolicy({ policy, maxMemory, version }: RedisFacts): Finding {
  if (policy === null)
    return warning(
      'redis memory',
      'The user may not read its settings.',
      'See that maxmemory-policy is noeviction or volatile-ttl.',
    );
  if (goodPolicies.has(policy))
    return ok('redis memory', `Redis ${version ?? ''} has maxmemory-policy ${policy}.`.replace('  ', ' '));
  const found = `maxmemory-policy is ${policy}, which may evict the marks of changes: a revoked session could be accepted for up to ttl.`;
  const cure = 'Set it to noeviction or volatile-ttl.';
  return maxMemory === 0
    ? warning('redis memory', `${found} There is no maxmemory yet.`, cure)
    : problem('redis memory', found, cure);
}

function judgePersistence({ isPersistent }: RedisFacts): Finding {
  if (isPersistent !== true) return ok('redis disk', 'It is not known to write to disk.');
  return warning(
    'redis disk',
    'It writes to disk, so a restart could bring old sessions back.',
    "Set save '' and appendonly no.",
  );
}
