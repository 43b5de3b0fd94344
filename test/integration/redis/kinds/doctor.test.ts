import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readRedis } from '../../../../src/cli/doctor/read-redis.ts';
import { denying } from '../../../support/cli/denied-rights.ts';
import { freePort } from '../../../support/servers/postgres-server.ts';
import { type RedisCluster, startRedisCluster } from '../../../support/servers/redis-cluster.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';

const timeoutMs = 10_000;

/** What was read, by the server. */
async function readByNode(url: string) {
  const readings = await readRedis(url, timeoutMs);
  return Object.fromEntries(readings.map(({ node, ...reading }) => [node, reading]));
}

const addressOf = ({ port }: RedisServer) => `127.0.0.1:${port}`;

describe('a cluster', () => {
  const user = { username: 'app', password: 'pass' };
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  /** Sets what the user of the app may do. */
  async function allow(servers: readonly RedisServer[], ...rules: string[]): Promise<void> {
    const words = ['ACL', 'SETUSER', user.username, 'reset', 'on', `>${user.password}`, ...rules];
    await Promise.all(servers.map(({ url }) => cluster.command(url, ...words)));
  }

  test.each(['master', 'replica'] as const)('is read as a whole from a %s', async (role) => {
    const { masters, replicas } = cluster;
    const [server] = role === 'master' ? masters : replicas;
    const readings = await readByNode(server?.url ?? '');
    expect(Object.keys(readings).toSorted()).toEqual(masters.map(addressOf).toSorted());
    for (const reading of Object.values(readings))
      expect(reading).toMatchObject({ kind: 'read', facts: { denied: denying({}) } });
  });

  test('without announced hosts is read at the host of the URL', async () => {
    const [server] = cluster.masters;
    const configure = (value: string) =>
      cluster.command(server?.url ?? '', 'CONFIG', 'SET', 'cluster-preferred-endpoint-type', value);
    await configure('unknown-endpoint');
    expect(Object.keys(await readByNode(server?.url ?? '')).toSorted()).toEqual(
      cluster.masters.map(addressOf).toSorted(),
    );
    await configure('ip');
  });

  test('is found to refuse a command at one server', async () => {
    const [first, ...others] = cluster.masters;
    const [other] = others;
    if (first === undefined || other === undefined) throw new Error('the cluster has too few masters');
    await allow(cluster.masters, '~*', '&*', '+@all');
    await allow([other], '~*', '&*', '+@all', '-spublish', '-exists', '-cluster|slots', '-asking');
    const readings = await readByNode(Object.assign(new URL(first.url), user).href);
    expect(readings).toMatchObject({
      [addressOf(first)]: { facts: { denied: denying({}) } },
      [addressOf(other)]: {
        facts: {
          denied: denying({
            'cache.store': ['cluster|slots', 'asking'],
            'cache.bus': ['exists', 'spublish', 'cluster|slots', 'asking'],
            'throttle.redis': ['cluster|slots', 'asking'],
          }),
        },
      },
    });
  });
});

test('behind a sentinel that has no users, its master is read', async () => {
  const master = await startRedis(() => [
    '--requirepass',
    'pass',
    '--user',
    'app',
    'on',
    '>secret',
    '~*',
    '&*',
    '+@all',
  ]);
  onTestFinished(() => master.stop());
  const sentinel = await startRedis(
    () => [],
    [`sentinel monitor main 127.0.0.1 ${master.port} 1`, 'sentinel auth-pass main pass'],
  );
  onTestFinished(() => sentinel.stop());
  expect(
    await readByNode(
      Object.assign(new URL(sentinel.url), { username: 'app', password: 'secret', pathname: '/1' }).href,
    ),
  ).toEqual({
    [addressOf(master)]: {
      kind: 'read',
      facts: expect.objectContaining({ policy: 'noeviction', denied: denying({}) }) as unknown,
    },
  });
});

test('behind a sentinel, a master that is away is named', async () => {
  const missing = await freePort();
  const sentinel = await startRedis(() => [], [`sentinel monitor main 127.0.0.1 ${missing} 1`]);
  onTestFinished(() => sentinel.stop());
  expect(await readByNode(sentinel.url)).toEqual({
    [`127.0.0.1:${missing}`]: { kind: 'failed', reason: expect.stringContaining('ECONNREFUSED') as unknown },
  });
});

test('of several masters that a sentinel watches, none is sent a password', async () => {
  const port = await freePort();
  const masters = ['main', 'queue'].map((name) => `sentinel monitor ${name} 127.0.0.1 ${port} 1`);
  const sentinel = await startRedis(() => [], masters);
  onTestFinished(() => sentinel.stop());
  await expect(readRedis(sentinel.url, timeoutMs)).rejects.toThrow(/main, queue|queue, main/);
});

test('rights for the keys of a prefix are no lack of commands', async () => {
  const server = await startRedis(() => [
    '--user',
    'app',
    'on',
    '>secret',
    '~shop:durin:*',
    '+get',
    '+mget',
    '+set',
    '+del',
    '+info',
    '+acl',
  ]);
  onTestFinished(() => server.stop());
  const url = Object.assign(new URL(server.url), { username: 'app', password: 'secret' }).href;
  const [reading] = await readRedis(url, timeoutMs);
  expect(reading).toMatchObject({ facts: { denied: { 'cache.store': [] } } });
});

test('a sentinel that watches nothing is an error', async () => {
  const sentinel = await startRedis(() => [], ['sentinel resolve-hostnames no']);
  onTestFinished(() => sentinel.stop());
  await expect(readRedis(sentinel.url, timeoutMs)).rejects.toThrow('it knows no master');
});

test('a password that the server refuses is an error', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const url = Object.assign(new URL(server.url), { username: 'nobody', password: 'pass' }).href;
  await expect(readRedis(url, timeoutMs)).rejects.toThrow('WRONGPASS');
});
