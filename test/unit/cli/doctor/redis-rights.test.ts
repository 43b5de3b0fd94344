import { expect, test } from 'vitest';
import { judgeRedisRights, neededRights, type RedisSetting } from '../../../../src/cli/doctor/redis-rights.ts';
import { denying } from '../../../support/cli/denied-rights.ts';

const { server, cluster } = neededRights;
const cache = ['cache.store', 'cache.bus'] as const;
const all = [...cache, 'throttle.redis'] as const;
const limitsAlone = server['throttle.redis'].filter((name) => name !== 'set');

/** The findings of a server's user who may not run these commands. */
const judge = (denied: Parameters<typeof denying>[0], uses: readonly RedisSetting[]) =>
  judgeRedisRights(server, denying(denied), new Set(uses)).map(({ level, found }) => `${level}: ${found}`);

test('a user with the documented rights of a cache has all that it needs', () => {
  expect(judge({ 'throttle.redis': limitsAlone }, cache)).toEqual(['ok: The user may run what is needed.']);
  expect(judge({ 'cache.bus': ['publish', 'subscribe'] }, ['cache.store', 'throttle.redis'])).toEqual([
    'ok: The user may run what is needed.',
  ]);
});

test('a right that the app needs is a problem, by the setting', () => {
  expect(judge({ 'throttle.redis': ['zscore'], 'cache.bus': ['publish', 'subscribe'] }, all)).toEqual([
    'problem: The user may not run publish, subscribe, for cache.bus.',
    'problem: The user may not run zscore, for throttle.redis.',
  ]);
});

test('limits that may have another Redis than the cache are a warning', () => {
  expect(judge({ 'throttle.redis': limitsAlone }, all)).toEqual([
    `warning: The user may not run ${limitsAlone.join(', ')}, for throttle.redis.`,
  ]);
  expect(judge({ 'cache.store': ['get', 'mget', 'del', 'info'], 'cache.bus': ['publish', 'subscribe'] }, all)).toEqual([
    'warning: The user may not run get, mget, del, info, for cache.store.',
    'warning: The user may not run publish, subscribe, for cache.bus.',
  ]);
  expect(judge({ 'throttle.redis': limitsAlone }, ['throttle.redis'])).toEqual([
    `problem: The user may not run ${limitsAlone.join(', ')}, for throttle.redis.`,
  ]);
});

test('an app that uses no Redis is warned, by the setting', () => {
  const [finding] = judgeRedisRights(server, denying({ 'throttle.redis': ['eval'] }), new Set());
  expect(finding).toEqual({
    check: 'redis rights',
    level: 'warning',
    found: 'The user may not run eval, for throttle.redis.',
    cure: 'If throttle.redis uses this Redis, allow it: +eval.',
  });
});

test('a cluster needs rights to sharded channels', () => {
  const denied = denying({ 'cache.bus': ['spublish', 'cluster|slots'] });
  expect(judgeRedisRights(cluster, denied, new Set(cache))).toMatchObject([
    {
      level: 'problem',
      found: 'The user may not run spublish, cluster|slots, for cache.bus.',
      cure: 'Allow it: +spublish +cluster|slots.',
    },
  ]);
});

test('an ACL that cannot be asked is a warning with the commands in use', () => {
  expect(judgeRedisRights(cluster, null, new Set(['cache.bus']))).toMatchObject([
    { level: 'warning', cure: 'See that the user may run exists, spublish, ssubscribe, cluster|slots, asking.' },
  ]);
});
