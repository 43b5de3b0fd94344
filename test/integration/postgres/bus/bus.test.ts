import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DurinUsageError } from '../../../../src/index.ts';
import { postgresBus } from '../../../../src/postgres/index.ts';
import { testBus } from '../../../contracts/bus.ts';
import { createPostgresBusProbe, listenersOf } from '../../../support/bus/postgres-bus-probe.ts';
import { type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const probe = createPostgresBusProbe();
afterEach(probe.closeAll);

testBus({
  join: () => probe.join(postgres.url),
  create: () => postgresBus(),
  countConnected: () => listenersOf(postgres.url),
});

test('with a connectionString it listens there', async () => {
  const unreachable = 'postgresql://postgres@127.0.0.1:1/postgres';
  const [direct, usual] = [probe.join(unreachable, { connectionString: postgres.url }), probe.join(postgres.url)];
  await Promise.all([direct.connected(), usual.connected()]);
  await usual.bus.publish('all');
  await direct.received('all');
  expect(direct.messages).toEqual(['all']);
});

test('what a connectionString leaves out is as the ORM has it', async () => {
  const { host } = new URL(postgres.url);
  const member = probe.join(postgres.url, { connectionString: `postgresql://${host}` });
  await member.connected();
  expect(member.bus.isConnected()).toBe(true);
});

test.each([
  ['connectionString', { connectionString: 'postgresql://user@/app' }],
  ['connectionString', { connectionString: 'localhost:5432' }],
  ['connectionString', { connectionString: 5432 }],
  ["'url'", { url: 'postgresql://localhost' }],
])('a wrong option is named: %s of %j', (name, options) => {
  expect(() => postgresBus(options as never)).toThrow(DurinUsageError);
  expect(() => postgresBus(options as never)).toThrow(name);
});

test('it refuses to start without the database of createDurin', async () => {
  const bus = postgresBus();
  const start = () =>
    bus.start(
      () => {},
      () => {},
    );
  expect(start).toThrow(DurinUsageError);
  expect(start).toThrow('cache.bus of createDurin');
});

test('once it was closed, it may be started again', async () => {
  const [first, other] = [probe.join(postgres.url), probe.join(postgres.url)];
  await Promise.all([first.connected(), other.connected()]);
  await first.bus.close();
  const again = probe.join(postgres.url, undefined, first.bus);
  await again.connected();
  await other.bus.publish('token:1');
  await again.received('token:1');
  expect([first.messages, again.messages]).toEqual([[], ['token:1']]);
});
