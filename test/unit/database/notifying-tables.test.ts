import { expect, test } from 'vitest';
import { createNotifyingTables } from '../../../src/database/notify/notifying-tables.ts';
import type { Schema } from '../../../src/database/schema.ts';

const schema = { tokens: 'token', clients: 'client', userMeta: {}, tablesOf: () => ['user'] } as unknown as Schema;
const update = 'durin_notify_update';
const allOfTokens = `${update},durin_notify_delete,durin_notify_truncate`;

/** The tables, with the triggers that a test gives them. */
function open() {
  const triggers: Record<string, string | null> = { user: update, client: update, token: allOfTokens };
  const read = () =>
    Object.entries(triggers).map(([name, own]) => ({ name, schema: 'public', table: name, triggers: own }));
  const answers: Promise<unknown>[] = [];
  const run = async () => {
    await answers.shift();
    return read();
  };
  return { triggers, answers, tables: createNotifyingTables({ run }, schema, new Set()) };
}

test('triggers that are gone are named once, and durin announces again', async () => {
  const { triggers, tables } = open();
  expect(await tables.inspect()).toEqual([]);
  expect(tables.announce('user')).toBe(true);
  triggers['user'] = null;
  expect(await tables.inspect()).toEqual(['user']);
  expect([tables.announce('user'), tables.announce('client')]).toEqual([false, true]);
  expect(await tables.inspect()).toEqual([]);
  triggers['user'] = update;
  expect(await tables.inspect()).toEqual([]);
  expect(tables.announce('user')).toBe(true);
});

test('without one of the three triggers, tokens announce nothing', async () => {
  const { triggers, tables } = open();
  await tables.inspect();
  triggers['token'] = update;
  expect(await tables.inspect()).toEqual(['token']);
  for (const role of ['user', 'client', 'token'] as const) expect(tables.announce(role)).toBe(false);
});

test('an inspection that is overtaken by a later one changes nothing', async () => {
  const { triggers, answers, tables } = open();
  await tables.inspect();
  const late = Promise.withResolvers<void>();
  answers.push(late.promise);
  const early = tables.inspect();
  triggers['user'] = null;
  expect(await tables.inspect()).toEqual(['user']);
  triggers['user'] = update; // what the early one would read
  late.resolve();
  expect(await early).toEqual([]);
  expect(tables.announce('user')).toBe(false);
});
