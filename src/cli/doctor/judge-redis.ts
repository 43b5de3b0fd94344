import { type Finding, ok, problem, warning } from './finding.ts';

/** What a Redis says about itself. `null`: the user may not ask. */
export interface RedisFacts {
  readonly version: string | null;
  /** `maxmemory-policy`. */
  readonly policy: string | null;
  /** Bytes; 0: no limit. */
  readonly maxMemory: number | null;
  /** Whether it writes its data to disk. */
  readonly isPersistent: boolean | null;
  /** The commands that the user may not run. */
  readonly denied: readonly string[] | null;
}

/** The commands of the store, of the bus, and of the limits, also those inside of scripts. */
export const neededCommands = [
  'get',
  'mget',
  'set',
  'del',
  'info',
  'publish',
  'subscribe',
  'eval',
  'evalsha',
  'incrby',
  'expire',
  'pttl',
  'zadd',
  'zremrangebyrank',
  'zscore',
] as const;

/** These evict nothing that is not about to expire anyway. */
const goodPolicies: ReadonlySet<string> = new Set(['noeviction', 'volatile-ttl']);

export function judgeRedis(facts: RedisFacts): Finding[] {
  return [judgePolicy(facts), judgePersistence(facts), judgeAcl(facts)];
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

function judgeAcl({ denied }: RedisFacts): Finding {
  const all = neededCommands.join(', ');
  if (denied === null)
    return warning('redis rights', 'Its ACL could not be asked.', `See that the user may run ${all}.`);
  if (denied.length === 0) return ok('redis rights', 'The user may run what is needed.');
  return problem(
    'redis rights',
    `The user may not run ${denied.join(', ')}.`,
    `Allow it: ${denied.map((name) => `+${name}`).join(' ')}.`,
  );
}
