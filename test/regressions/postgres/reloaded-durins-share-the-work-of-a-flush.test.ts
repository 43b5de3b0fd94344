import { defineEntity, p } from '@mikro-orm/core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import * as known from '../../support/entities.ts';
import { tapStatements } from '../../support/statement-tap.ts';

type App = Awaited<ReturnType<typeof openApp>>;
const { User } = known;

let app: App;
beforeAll(async () => {
  app = await openApp();
  return () => app.close();
});

async function addUser(): Promise<number> {
  const em = app.orm.em.fork();
  const user = em.create(User, { username: crypto.randomUUID() });
  await em.flush();
  await app.durin.tokens.issue({ user, client: 'web' });
  return user.id;
}

/** As many durins as hot reloads leave behind, and how often each emits the end of a token. */
function reload(times: number, options: object = {}) {
  const ends: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const durin = createDurin({ ...app.options, ...options });
    ends[index] = 0;
    durin.events.on('tokenRevoked', () => {
      ends[index] = (ends[index] ?? 0) + 1;
    });
    onTestFinished(() => durin.close());
  }
  return ends;
}

const changes: Record<string, (id: number) => Promise<void>> = {
  deactivates: async (id) => {
    const em = app.orm.em.fork();
    (await em.findOneOrFail(User, id)).isActive = false;
    await em.flush();
  },
  'deactivates in part': async (id) => {
    const em = app.orm.em.fork();
    await em.upsert(User, { id, username: `user ${id}`, isActive: false });
  },
  deletes: async (id) => {
    const em = app.orm.em.fork();
    em.remove(await em.findOneOrFail(User, id));
    await em.flush();
  },
};
const rules = { 'the flag': {}, 'a rule of its own': { isUserActive: (user: { isActive: boolean }) => user.isActive } };
const cases = Object.keys(changes).flatMap((change) => Object.keys(rules).map((rule) => ({ change, rule })));

test.each(cases)('a flush that $change a user costs the same with ten durins ($rule)', async ({ change, rule }) => {
  const statements = await tapStatements(app.orm);
  async function costOf(id: number): Promise<string[]> {
    const before = statements.length;
    await changes[change]?.(id);
    return statements.slice(before).map(({ text }) => text.replaceAll(/'[^']*'|\d+/g, '?'));
  }
  const options = rules[rule as keyof typeof rules];
  const [one, other] = [await addUser(), await addUser()];
  reload(1, options);
  const alone = await costOf(one);
  const ends = reload(9, options);
  expect(await costOf(other)).toEqual(alone);
  expect(new Set(ends)).toEqual(new Set([1]));
});

test('entities that were defined twice are named as the cause', () => {
  const Again = defineEntity({
    name: 'User',
    tableName: 'app_user',
    properties: { id: p.integer().primary(), username: p.string(), isActive: p.boolean() },
  });
  const reloaded = { User: Again, ...defineDurinEntities({ user: () => Again }) };
  const { Client, AuthToken } = known;
  for (const entities of [reloaded, { User: Again, Client, AuthToken }, { ...reloaded, User }]) {
    expect(() => createDurin({ ...app.options, entities: entities as never })).toThrow(
      /is not the \w+ that orm was created with: .* evaluated twice, as hot reload does/,
    );
  }
});
