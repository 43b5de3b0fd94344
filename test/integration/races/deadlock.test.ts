import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arena, type Contest, expectTrueLives, openArena, untilBlocked } from '../../support/arena.ts';
import { postgresUrl } from '../../support/database.ts';
import { tapStatements } from '../../support/statement-tap.ts';

let arena: Arena;
let rival: Client;
beforeAll(async () => {
  arena = await openArena();
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${arena.orm.config.get('dbName')}`;
  rival = new Client({ connectionString: url.href });
  await rival.connect();
  // A transaction checks for a deadlock once, after this wait, and is aborted if it finds one. Durin's checks after 100 ms.
  await rival.query("set deadlock_timeout = '3s'");
});
afterAll(async () => {
  await rival.end();
  await arena.close();
});

/** Returns the ids in the order in which durin's statements lock the rows: that of their clients. */
async function rowsInOrder(contest: Contest): Promise<string[]> {
  await contest.login('web');
  await contest.login('cli');
  const rows = await contest.rows();
  return ['web', 'cli'].map((client) => rows.find((row) => row.client === client)?.id ?? '');
}

const lock = (id: string) => rival.query('select id from durin_auth_token where id = $1 for update', [id]);

/** Makes durin and the rival lock the rows in opposite order. Returns which of them was aborted. */
async function cross([first = '', second = '']: readonly string[], contest: Contest): Promise<'durin' | 'rival'> {
  await rival.query('begin');
  await lock(second);
  const revoking = contest.durin.tokens.revokeAll({ user: contest.userId });
  await untilBlocked(arena.orm); // it has locked the first row and waits for the second
  const aborted = await lock(first).then(
    () => 'durin' as const,
    () => 'rival' as const, // the rival closed the cycle after durin's check
  );
  await rival.query('commit');
  expect(await revoking).toBe(2);
  return aborted;
}

test('a statement that was aborted by a deadlock runs again', async () => {
  const contest = await arena.enter();
  const statements = await tapStatements(arena.orm);
  let rounds = 1;
  while ((await cross(await rowsInOrder(contest), contest)) === 'rival' && rounds < 10) rounds += 1;
  // More than one again if it locks the first row anew before the rival has woken.
  expect(statements.filter(({ text }) => text.startsWith('delete from')).length).toBeGreaterThan(rounds);
  expect(contest.events.count('tokenRevoked')).toBe(2 * rounds);
  await expectTrueLives(contest);
});
