import type { MikroORM } from '@mikro-orm/core';
import { newTokenId } from '../../../src/database/tokens/token-id.ts';
import type { Clock, clients } from '../app.ts';
import { newToken, runSql } from './app.ts';
import { keepStatement, lookUpStatement, recordUseStatement, replaceStatement } from './statements.ts';

/** A token that a process of 0.1 issued or kept. */
interface IssuedByOld {
  readonly id: string;
  readonly token: string;
  readonly selector: string;
}

/** What a process of 0.1 does with the database: its statements, and its ten attempts to issue a token. */
export function processOfVersion01(orm: MikroORM, now: Clock) {
  async function issue(statement: string, userId: number, client: keyof typeof clients): Promise<IssuedByOld> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const [id, { token, selector }] = [newTokenId('login'), newToken()];
      const call = [
        client,
        userId,
        new Date(now()),
        id,
        selector,
        false,
        null,
        '198.51.100.1',
        'Version 0.1',
        null,
        null,
      ];
      const [row] = await runSql(orm, statement, call);
      const issued = row?.['issued_id'];
      if (typeof issued === 'string') return { id: issued, token, selector };
    }
    throw new Error('0.1 issued no token in 10 attempts');
  }

  return {
    /** Keeps the pair's valid token: `token` and `selector` are then those of no row. */
    login: (userId: number, client: keyof typeof clients) => issue(keepStatement, userId, client),
    /** As with `rotateTokenOnLogin`. */
    rotate: (userId: number, client: keyof typeof clients) => issue(replaceStatement, userId, client),
    async lookUp(selector: string) {
      const [row] = await runSql(orm, lookUpStatement, [selector]);
      return row ?? null;
    },
    recordUse: (id: string) =>
      runSql(orm, recordUseStatement, [id, new Date(now()), '198.51.100.1', 'Version 0.1', 60]),
  };
}
