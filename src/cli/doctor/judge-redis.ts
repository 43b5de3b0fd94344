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
  /** The commands that the user must be allowed to run. */
  readonly needed: readonly NeededCommand[];
  /** Those of them that the user may not run. */
  readonly denied: readonly string[] | null;
}

/** Those of the store, and those of the limits, also inside of scripts. */
const storeCommands = ['get', 'mget', 'set', 'del', 'info'] as const;
const limitCommands = ['eval', 'evalsha', 'incrby', 'expire', 'pttl', 'zadd', 'zremrangebyrank', 'zscore'] as const;

/** The commands of the store, of the bus, and of the limits, on one server and on a cluster. Subcommands as an ACL has them. */
export const neededCommands = {
  server: [...storeCommands, 'publish', 'subscribe', ...limitCommands],
  cluster: [...storeCommands, 'exists', 'spublish', 'ssubscribe', 'cluster|slots', 'asking', ...limitCommands],
} as const;

export type NeededCommand = (typeof neededCommands)['server' | 'cluster'][number];

/** What was read of a server. Its `node` is host and port; `null`: it is the only one, which needs no name. */
export type RedisReading = { readonly node: string | null } & (
  | { readonly kind: 'read'; readonly facts: RedisFacts }
  | { readonly kind: 'failed'; readonly reason: string }
);

/** These evict nothing that is not about to expire anyway. */
const goodPolicies: ReadonlySet<string> = new Set(['noeviction', 'volatile-ttl']);

/** What is found names the server, unless it is the only one. */
export function judgeRedis(readings: readonly RedisReading[]): Finding[] {
  return readings.flatMap((reading) => {
    const findings = judgeReading(reading);
    const { node } = reading;
    return node === null ? findings : findings.map((finding) => ({ ...finding, found: `${node}: ${finding.found}` }));
  });
}

function judgeReading(reading: RedisReading): Finding[] {
  switch (reading.kind) {
    case 'read':
      return [judgePolicy(reading.facts), judgePersistence(reading.facts), judgeAcl(reading.facts)];
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

function judgeAcl({ needed, denied }: RedisFacts): Finding {
  const all = needed.join(', ');
  if (denied === null)
    return warning('redis rights', 'Its ACL could not be asked.', `See that the user may run ${all}.`);
  if (denied.length === 0) return ok('redis rights', 'The user may run what is needed.');
  return problem(
    'redis rights',
    `The user may not run ${denied.join(', ')}.`,
    `Allow it: ${denied.map((name) => `+${name}`).join(' ')}.`,
  );
}
