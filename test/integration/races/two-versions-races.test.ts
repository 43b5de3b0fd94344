import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requiredOptions } from '../../support/app.ts';
import { atOnce, settle } from '../../support/arena.ts';
import { closeDatabase } from '../../support/database.ts';
import { runSql } from '../../support/version-0.1/app.ts';
import { openUpgrade } from '../../support/version-0.1/guide.ts';
import { processOfVersion01 } from '../../support/version-0.1/process.ts';

let app: Awaited<ReturnType<typeof openUpgrade>>;
beforeAll(async () => {
  app = await openUpgrade(['expand-durin.ts'], { isMigrated: true });
});
afterAll(() => closeDatabase(app.orm));

// The tables have two constraints during a rolling deployment. A statement that waits at one would fail at the other.
test('logins of both versions at once are one session, and none fails', async () => {
  const present = createDurin({ ...requiredOptions(app.orm), now: app.clock });
  const old = processOfVersion01(app.orm, app.clock);
  for (let round = 0; round < 50; round += 1) {
    const [user] = await runSql(app.orm, 'insert into app_user (username) values (?) returning id', [`racer ${round}`]);
    const userId = user?.['id'] as number;
    const { codes } = await settle<unknown>([
      ...atOnce(5, () => old.login(userId, 'web')),
      ...atOnce(5, () => old.rotate(userId, 'web')),
      ...atOnce(10, () => present.tokens.issue({ user: userId, client: 'web' })),
    ]);
    expect(codes).toEqual({});
    expect(await runSql(app.orm, 'select slot from durin_auth_token where user_id = ?', [userId])).toEqual([
      { slot: 0 },
    ]);
  }
  await present.close();
});
