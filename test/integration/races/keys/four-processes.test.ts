import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf, requiredOptions, secret } from '../../../support/app.ts';
import { type Arena, openArena } from '../../../support/arena.ts';
import { postgresUrl } from '../../../support/database.ts';
import type { KeyReport, KeyTask } from '../../../support/keys/key-process.ts';
import { createKeysDurin, createKeysRouter } from '../../../support/keys/keys-app.ts';

const day = 86_400;

let arena: Arena;
let processes: ChildProcess[];
beforeAll(async () => {
  arena = await openArena();
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${arena.orm.config.get('dbName')}`;
  const env = { PATH: process.env['PATH'] ?? '', POSTGRES_URL: url.href, SECRET: secret };
  const program = join(import.meta.dirname, '../../../support/keys/key-process.ts');
  processes = Array.from({ length: 4 }, () => fork(program, { env }));
  await Promise.all(processes.map((each) => once(each, 'message')));
});
afterAll(async () => {
  await Promise.all(
    processes.map(async (each) => {
      const ended = once(each, 'exit');
      each.disconnect();
      await ended;
    }),
  );
  await arena.close();
});

/** All four processes do this at once. */
async function together(task: KeyTask): Promise<KeyReport> {
  const reports = await Promise.all(
    processes.map(async (each) => {
      const answer = once(each, 'message');
      each.send(task);
      return (await answer)[0] as KeyReport;
    }),
  );
  return { events: reports.flatMap(({ events }) => events), refusals: reports.flatMap(({ refusals }) => refusals) };
}

/** A user, signed in on the web. */
async function enterKeys() {
  const { orm, userId, clock } = await arena.enter();
  const durin = createKeysDurin({ options: { ...requiredOptions(orm), now: clock } });
  await durin.clients.sync({ update: true });
  const { token } = await durin.tokens.issue({ user: userId, client: 'web' });
  const caller = createKeysRouter(durin).createCaller(durin.createContext(requestOf({ token })));
  return { clock, keys: caller.auth.keys };
}

test('a hundred first uses in four processes set the end once', async () => {
  const { keys, clock } = await enterKeys();
  for (let round = 0; round < 5; round += 1) {
    const old = await keys.create({ name: `key ${round}` });
    const { token } = await keys.roll({ id: old.id });
    await together({ now: clock(), token: old.token, uses: 1 }); // both are cached
    const { events, refusals } = await together({ now: clock(), token, uses: 25 });
    expect(refusals).toEqual([]);
    expect(events).toEqual([`renewed ${old.id} ${new Date(clock() + day * 1000).toISOString()}`]);
    expect((await keys.list()).find(({ id }) => id === old.id)?.expiry).toEqual(new Date(clock() + day * 1000));
  }
});

test('four processes give each notice once', async () => {
  const { keys, clock } = await enterKeys();
  const { id, token } = await keys.create({ name: 'CI' });
  const expected = [
    [16.5, 14],
    [7, 7],
    [6, 1],
  ] as const;
  for (const [days, step] of expected) {
    clock.advance(days * day);
    const byFlush = await together({ now: clock(), token: null, uses: 5 });
    const byUse = await together({ now: clock(), token, uses: 5 });
    const events = [...byFlush.events, ...byUse.events].filter((event) => event.includes(id));
    expect(events).toEqual([`expiring ${id} ${step}`]);
  }
});
