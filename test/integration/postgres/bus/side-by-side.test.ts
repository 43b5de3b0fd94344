import { afterEach, expect, test } from 'vitest';
import { type NotifiedApp, openNotifiedApp } from '../../../support/bus/notified-app.ts';
import type { NotifiedEntitiesOptions } from '../../../support/bus/notified-entities.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of open.splice(0).toReversed()) await app.close();
});

async function openApp(options: NotifiedEntitiesOptions, existing?: NotifiedApp): Promise<NotifiedApp> {
  const app = await openNotifiedApp(options, existing);
  open.push(app);
  return app;
}

const notify = true;

function tablesOf({ schema = 'public', tablePrefix }: NotifiedEntitiesOptions) {
  const own = tablePrefix ?? 'durin_';
  return [`${schema}.${tablePrefix ?? 'app_'}user`, `${schema}.${own}client`, `${schema}.${own}auth_token`] as const;
}

test.each<[why: string, one: NotifiedEntitiesOptions, other: NotifiedEntitiesOptions, isOneDatabase: boolean]>([
  ['two databases', { notify }, { notify }, false],
  ['two schemas', { notify, schema: 'shop' }, { notify, schema: 'desk' }, true],
  ['two prefixes', { notify, tablePrefix: 'shop_' }, { notify, tablePrefix: 'desk_' }, true],
  ['a prefix and the default one', { notify, tablePrefix: 'shop_' }, { notify }, true],
  ['a schema and the default one', { notify }, { notify, schema: 'desk' }, true],
])("apps in %s do not end each other's sessions", async (_why, one, other, isOneDatabase) => {
  const here = await openApp(one);
  const there = await openApp(other, isOneDatabase ? here : undefined);
  const [process, stranger] = [await here.start(), await there.start()];
  const mine = await here.enter(process);
  const witness = await here.enter(process);
  const theirs = await there.enter(stranger);
  expect([theirs.userId, theirs.clientId]).toEqual([mine.userId, mine.clientId]);
  await Promise.all([process.warm(mine.token), process.warm(witness.token), stranger.warm(theirs.token)]);
  const [witnessName, theirName] = [await process.ask(witness.token), await stranger.ask(theirs.token)];
  const losses = process.losses();

  const [user, client, token] = tablesOf(other);
  await there.psql.query(`update ${user} set is_active = false where id = $1`, [theirs.userId]);
  await there.psql.query(`update ${client} set max_sessions = 2 where id = $1`, [theirs.clientId]);
  await there.psql.query(`truncate ${token} cascade`);
  await stranger.untilChanged(theirs.token, theirName);
  // What was sent before arrives before this.
  await here.psql.query(`delete from ${tablesOf(one)[2]} where id = $1`, [witness.tokenId]);
  await process.untilChanged(witness.token, witnessName);

  await process.trusted();
  const before = process.lookUps();
  await process.ask(mine.token);
  expect(process.lookUps() - before).toBe(process.losses() === losses ? 0 : 1); // on a busy machine it may have lost trust
});
