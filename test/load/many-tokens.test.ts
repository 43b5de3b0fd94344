import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchApp, openBenchApp } from '../bench/bench-app.ts';
import { createPopulation, dropPopulation, tokenOf } from '../bench/population.ts';
import { postgresUrl } from '../support/database.ts';
import { planOf, readsOf } from '../support/plans.ts';
import type { Statement } from '../support/statement-tap.ts';

// 200,000 valid and 40,000 expired tokens: enough for PostgreSQL to choose the plans it would choose for a million. With
// TOKENS=5000000 there are as many valid ones, and a million that have expired.

const server = postgresUrl ?? '';
const name = 'durin_many_tokens';
const users = Number(process.env['TOKENS'] ?? 200_000) / 20;
/** A busy machine plants a million in a minute or two. */
const patienceMs = Math.max(300_000, users * 6);
const population = { users, clients: 20, expiredUsers: users / 5 };
let app: BenchApp;
let statements: Statement[];
beforeAll(async () => {
  app = await openBenchApp(await createPopulation(server, name, population), undefined, {
    clientName: 'client 20',
  });
  statements = await app.statements();
}, patienceMs);
afterAll(async () => {
  await app.close();
  await dropPopulation(server, name);
});

/** Every operation on tokens. */
const operations: Record<string, () => Promise<unknown>> = {
  'a look-up': () => app.durin.authenticate(tokenOf(5000, 7)),
  'concurrent look-ups': () => Promise.all([1, 2, 3].map((client) => app.durin.authenticate(tokenOf(5000, client)))),
  'presenting an expired token': () => app.durin.authenticate(tokenOf(users + 1000)).catch(() => {}),
  'sessions.list': () => app.callAs(tokenOf(5001)).auth.sessions.list(),
  'sessions.revoke': async () => {
    const { sessions } = app.callAs(tokenOf(5002)).auth;
    const other = (await sessions.list()).find(({ isCurrent }) => !isCurrent);
    await sessions.revoke({ id: other?.id ?? '' });
  },
  'sessions.revokeOthers': () => app.callAs(tokenOf(5003)).auth.sessions.revokeOthers({ exceptApiAccess: true }),
  'apiAccess.get': () => app.callAs(tokenOf(5004)).auth.apiAccess.get(),
  'apiAccess.delete and create': async () => {
    await app.callAs(tokenOf(5004)).auth.apiAccess.delete();
    await app.callAs(tokenOf(5004)).auth.apiAccess.create();
  },
  refresh: () => app.callAs(tokenOf(5005)).auth.refresh(),
  logout: () => app.callAs(tokenOf(5006)).auth.logout(),
  logoutAll: () => app.callAs(tokenOf(5007)).auth.logoutAll(),
  'tokens.issue': () => app.durin.tokens.issue({ user: 5008, client: 'client 3' }),
  'tokens.renew and revoke': async () => {
    const { id } = await app.durin.authenticate(tokenOf(5009));
    await app.durin.tokens.renew(id);
    await app.durin.tokens.revoke(id);
  },
  'the deactivation of a user': async () => {
    await app.orm.em.getConnection().execute('update bench_user set is_active = false where id = 5010');
    await app.durin.users.forget(5010);
    await app.durin.authenticate(tokenOf(5010)).catch(() => {});
  },
  'recording uses': async () => {
    await app.orm.em
      .getConnection()
      .execute(
        "update durin_token_use set last_used_at = '2020-01-01' where token_id in (select id from durin_auth_token where user_id = 5011)",
      );
    await app.callAs(tokenOf(5011)).guarded();
    await expect.poll(() => statements.filter(({ text }) => text.startsWith('with used '))).not.toEqual([]);
  },
};

const planned = /^\s*(?:select|insert|update|delete|with)\b/i;

/** The statements on tokens that the operation sends. */
async function sentBy(run: () => Promise<unknown>): Promise<Statement[]> {
  const before = statements.length;
  await run();
  return statements.slice(before).filter(({ text }) => planned.test(text) && text.includes('durin_auth_token'));
}

/** The statements that scan a whole large table. */
async function fullScansIn(sent: readonly Statement[]): Promise<string[]> {
  const plans = await Promise.all(
    sent.map(async (statement) => {
      const steps = await planOf(app.orm, statement);
      return [...readsOf('durin_auth_token', steps), ...readsOf('bench_user', steps)];
    }),
  );
  return sent.filter((_, index) => plans[index]?.some((read) => read.startsWith('Seq Scan'))).map(({ text }) => text);
}

test.each(Object.entries(operations))('among many tokens, %s uses an index', async (_operation, run) => {
  const sent = await sentBy(run);
  expect(sent).not.toEqual([]);
  expect(await fullScansIn(sent)).toEqual([]);
});

const isPurge = ({ text }: Statement) => text.includes('for update skip locked');

test(
  'a purge takes one statement per thousand and blocks no look-up',
  async () => {
    const [{ count } = { count: 0 }] = await app.orm.em
      .getConnection()
      .execute<{ count: number }[]>('select count(*)::int from durin_auth_token where expiry <= now()');
    const answeredAfter = new Set<number>();
    const purging = new AbortController();
    async function lookUp(): Promise<void> {
      while (!purging.signal.aborted) {
        const { client } = await app.durin.authenticate(tokenOf(6000, 1 + Math.floor(Math.random() * 20)));
        expect(client.name).toMatch(/^client /);
        answeredAfter.add(statements.filter(isPurge).length);
      }
    }
    const lookUps = lookUp();
    const before = statements.length;
    const startedAt = performance.now();
    expect(await app.durin.tokens.purgeExpired()).toBe(count);
    console.log(`${count} expired of ${users * 24} tokens purged in ${Math.round(performance.now() - startedAt)} ms`);
    purging.abort();
    await lookUps;
    const sent = statements.slice(before);
    const purges = sent.filter(isPurge);
    expect(count).toBeGreaterThan(39_000);
    expect(purges).toHaveLength(Math.ceil(count / 1000));
    expect(sent.filter(({ text }) => /^(?:begin|start)/i.test(text))).toEqual([]); // each statement is its own transaction
    expect(answeredAfter.size).toBeGreaterThan(purges.length / 2);
    expect(await fullScansIn(purges.slice(0, 1))).toEqual([]);
  },
  patienceMs,
);
