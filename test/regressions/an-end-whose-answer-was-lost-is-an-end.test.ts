import { describe, expect, test } from 'vitest';
import { codeOf } from '../support/arena.ts';
import { kinds, openCachedApp } from '../support/cached-app.ts';

interface Connection {
  execute(sql: string, ...rest: unknown[]): Promise<unknown>;
}

// The session stayed in the cache: no row was seen to go, and a second logout found none.
describe.each(kinds)('where the connection is lost between a commit and its answer (%s)', (kind) => {
  test.each(['logout', 'logoutAll'] as const)('%s fails, and the session is over', async (name) => {
    const app = await openCachedApp(kind);
    try {
      const { token } = await app.login('web');
      await app.warm(token);
      const connection = app.orm.em.getDriver().getConnection('write') as unknown as Connection;
      const execute = connection.execute.bind(connection);
      connection.execute = async (sql, ...rest) => {
        const answer = await execute(sql, ...rest);
        if (!sql.startsWith('delete')) return answer;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      };
      expect(
        await app
          .callAs({ token })
          .auth[name]()
          .then(() => 'done', codeOf),
      ).toBe('STORE_UNAVAILABLE');
      connection.execute = execute;
      expect(await app.look(token, ({ user }) => user.username)).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
    } finally {
      await app.close();
    }
  });
});
