import { type Finding, ok, problem, warning } from './finding.ts';

/** The settings by which an app uses Redis. */
const redisSettings = ['cache.store', 'cache.bus', 'throttle.redis'] as const;
export type RedisSetting = (typeof redisSettings)[number];

const storeCommands = ['get', 'mget', 'set', 'del', 'info'] as const;
/** Most of them are inside of scripts. */
const limitCommands = ['eval', 'set', 'incrby', 'pttl', 'expire', 'zadd', 'zremrangebyrank', 'zscore'] as const;
const clusterCommands = ['cluster|slots', 'asking'] as const;

/** The commands that each setting needs, on one server and on a cluster. Subcommands as an ACL has them. */
export const neededRights = {
  server: {
    'cache.store': storeCommands,
    'cache.bus': ['publish', 'subscribe'],
    'throttle.redis': limitCommands,
  },
  cluster: {
    'cache.store': [...storeCommands, ...clusterCommands],
    'cache.bus': ['exists', 'spublish', 'ssubscribe', ...clusterCommands],
    'throttle.redis': [...limitCommands, ...clusterCommands],
  },
} as const;

export type NeededRights = (typeof neededRights)['server' | 'cluster'];
export type NeededCommand = NeededRights[RedisSetting][number];

/** The commands that the user may not run, by the setting that needs them. */
export type DeniedRights = Readonly<Record<RedisSetting, readonly NeededCommand[]>>;

/** Judges a user of Redis by what the app uses. If that is nothing, `uses` is empty: what is denied is then a warning. */
export function judgeRedisRights(
  needed: NeededRights,
  denied: DeniedRights | null,
  uses: ReadonlySet<RedisSetting>,
): Finding[] {
  const judged = redisSettings.filter((setting) => uses.size === 0 || uses.has(setting));
  if (denied === null) {
    const all = new Set(judged.flatMap((setting): readonly string[] => needed[setting]));
    return [
      warning('redis rights', 'Its ACL could not be asked.', `See that the user may run ${[...all].join(', ')}.`),
    ];
  }
  const lacking = judged.filter((setting) => denied[setting].length > 0);
  if (lacking.length === 0) return [ok('redis rights', 'The user may run what is needed.')];
  return lacking.map((setting) => {
    const found = `The user may not run ${denied[setting].join(', ')}, for ${setting}.`;
    const rules = denied[setting].map((name) => `+${name}`).join(' ');
    return uses.has(setting) && !mayUseAnother(setting, { needed, denied, judged })
      ? problem('redis rights', found, `Allow it: ${rules}.`)
      : warning('redis rights', found, `If ${setting} uses this Redis, allow it: ${rules}.`);
  });
}

interface Rights {
  readonly needed: NeededRights;
  readonly denied: DeniedRights;
  readonly judged: readonly RedisSetting[];
}

/**
 * Cache and limits may have a Redis each. This one is that of the others if they lack nothing, and the user may run no
 * command that this setting alone needs.
 */
function mayUseAnother(setting: RedisSetting, { needed, denied, judged }: Rights): boolean {
  const isLimit = setting === 'throttle.redis';
  const others = judged.filter((other) => (other === 'throttle.redis') !== isLimit);
  const ofOthers = new Set(others.flatMap((other): readonly string[] => needed[other]));
  const own = needed[setting].filter((name) => !ofOthers.has(name));
  return (
    others.length > 0 &&
    others.every((other) => denied[other].length === 0) &&
    own.every((name) => denied[setting].includes(name))
  );
}
