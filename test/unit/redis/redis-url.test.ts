import { describe, expect, test } from 'vitest';
import { DurinUsageError } from '../../../src/index.ts';
import { type RedisBusOptions, redisBus, redisStore } from '../../../src/redis/index.ts';

const kinds = Object.entries<(options: RedisBusOptions) => unknown>({ redisBus, redisStore });

const wrongUrls = [
  'redis://:hunter/2@host:6379', // is no URL
  'redis://:hunter?2@host:6379',
  'redis://:hunter#2@host:6379',
  'redis://user:12/hunter@host:6379', // names a port, with the rest as its path
  'redis://user:12?hunter@host:6379',
  'redis://user:12#hunter@host:6379',
  'redis://:hunter%2@host:6379', // no percent-encoding
  'redis://hunter/abc', // no number
  'redis://hunter/1/2',
  'redis://hunter :6379',
  'http://hunter:6379',
  new URL('redis://hunter'),
];

const rightUrls = [
  'redis://localhost',
  'redis://localhost:6379/',
  'redis://localhost:6379/3',
  'rediss://user:p%40ss%2Fw%3F%23@localhost:6379/0',
  'redis://:p@ss@localhost', // the last one counts
  'redis://[::1]:6379',
  'redis://localhost?family=0', // which the package redis ignores
];

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DurinUsageError && error.cause === undefined) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

describe.each(kinds)('%s', (name, create) => {
  test.each(wrongUrls)('refuses the URL %s without quoting it', (url) => {
    const message = messageOf(() => create({ url } as never));
    expect(message).toMatch(new RegExp(`^${name}: url must be a URL such as .*percent-encoded`));
    expect(message).not.toContain('hunter');
  });

  test.each(wrongUrls)('refuses it in a cluster: %s', (url) => {
    for (const cluster of [{ rootNodes: [{ url: 'redis://a' }, { url }] }, { rootNodes: [{}], defaults: { url } }]) {
      const message = messageOf(() => create(cluster as never));
      expect(message).toMatch(new RegExp(`^${name}: the url of each of rootNodes must be a URL such as`));
      expect(message).not.toContain('hunter');
    }
  });

  test.each(rightUrls)('takes the URL %s', (url) => {
    expect(() => create({ url })).not.toThrow();
    expect(() => create({ rootNodes: [{ url }, { socket: { host: 'b', port: 1 } }] })).not.toThrow();
  });

  test('refuses a URL without TLS beside a socket with TLS', () => {
    const [url, socket] = ['redis://:hunter2@host:6379', { tls: true } as const];
    for (const options of [
      { url, socket },
      { rootNodes: [{ url, socket }] },
      { rootNodes: [{ url }], defaults: { socket } },
    ]) {
      const message = messageOf(() => create(options));
      expect(message).toContain("must start with 'rediss://'");
      expect(message).not.toContain('hunter2');
    }
    expect(() => create({ url: 'rediss://host', socket })).not.toThrow();
  });

  test.each(['nodeClientOptions', 'sentinelClientOptions'])('refuses a URL among the %s of sentinels', (clients) => {
    const sentinel = { name: 'main', sentinelRootNodes: [{ host: 'a', port: 26379 }] };
    const url = 'redis://:hunter2@host:6379';
    const message = messageOf(() => create({ ...sentinel, [clients]: { url } }));
    expect(message).toBe(`${name}: ${clients} must not have a url: sentinelRootNodes has the addresses`);
    expect(() => create({ ...sentinel, [clients]: { password: 'hunter2' } })).not.toThrow();
  });
});

test('a redisBus that cannot start is not half started', async () => {
  const bus = redisBus({ url: 'redis://localhost:1', RESP: 2, emitInvalidate: true } as never);
  const start = () =>
    bus.start(
      () => {},
      () => {},
    );
  for (const _ of [1, 2]) expect(start).toThrow('only supported with RESP3');
  expect(bus.isConnected()).toBe(false);
  await bus.close();
});
