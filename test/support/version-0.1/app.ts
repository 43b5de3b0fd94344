import { randomBytes } from 'node:crypto';
import type { MikroORM, Options } from '@mikro-orm/core';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';
import { type clients, createClock, secret } from '../app.ts';
import { connect } from '../database.ts';
import { entities } from '../entities.ts';
import { tablesOfVersion01 } from './tables.ts';

/** A row of `durin_auth_token` as 0.1 stored it, and the token of its holder. */
export interface OldToken {
  readonly id: string;
  readonly selector: string;
  readonly token: string;
  readonly userId: number;
  readonly client: keyof typeof clients;
  readonly created: Date;
  readonly expiry: Date | null;
  readonly lastUsedAt: Date | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

const codec = createTokenCodec({ secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes });

/** A selector and its token, as every version of durin makes them. */
export function newToken(): Pick<OldToken, 'selector' | 'token'> {
  const selector = codec.newSelector();
  return { selector, token: codec.tokenOf(selector) };
}

/**
 * An app of the test entities whose database 0.1 has created and filled: with tokens that are valid, expired, never used,
 * without end, and issued by the server. The ORM already knows the entities of this version.
 */
export async function openAppOfVersion01(options: Partial<Options> = {}) {
  const orm = await connect({ entities, ...options });
  const clock = createClock();
  await orm.schema.execute(tablesOfVersion01);
  for (const username of ['alice', 'bob', 'carol'])
    await runSql(orm, 'insert into app_user (username) values (?)', [username]);
  for (const [name, seconds] of [
    ['web', 86_400],
    ['cli', null],
    ['api', 31_536_000],
  ]) {
    await runSql(orm, 'insert into durin_client (name, token_ttl, throttle_rate) values (?, ?, ?)', [
      name,
      seconds,
      '9/s',
    ]);
  }
  const tokens = oldTokens(clock());
  for (const token of tokens) await insertToken(orm, token);
  return { orm, clock, tokens };
}

export function runSql(
  orm: MikroORM,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const connection = orm.em.getConnection() as unknown as {
    execute(sql: string, parameters: readonly unknown[]): Promise<Record<string, unknown>[]>;
  };
  return connection.execute(sql, parameters);
}

function oldTokens(now: number): OldToken[] {
  const hours = (count: number) => new Date(now + count * 3_600_000);
  const used = { ipAddress: '203.0.113.7', userAgent: 'Firefox' };
  const neverUsed = { lastUsedAt: null, ipAddress: null, userAgent: null };
  const of = (row: Omit<OldToken, 'selector' | 'token'>): OldToken => ({ ...newToken(), ...row });
  return [
    of({
      id: '11111111-1111-4111-8111-111111111111',
      userId: 1,
      client: 'web',
      created: hours(-2),
      expiry: hours(22),
      lastUsedAt: hours(-1),
      ...used,
    }),
    of({
      id: '22222222-2222-4222-8222-222222222222',
      userId: 1,
      client: 'cli',
      created: hours(-900),
      expiry: null,
      lastUsedAt: hours(-14),
      ...used,
    }),
    of({
      id: '33333333-3333-4333-8333-333333333333',
      userId: 2,
      client: 'web',
      created: hours(-30),
      expiry: hours(-6),
      lastUsedAt: hours(-7),
      ...used,
    }),
    of({
      id: '44444444-4444-8044-8444-444444444444',
      userId: 2,
      client: 'api',
      created: hours(-1),
      expiry: hours(8759),
      ...neverUsed,
    }),
    of({
      id: '55555555-5555-4555-8555-555555555555',
      userId: 3,
      client: 'web',
      created: hours(-1),
      expiry: hours(23),
      ...used,
      lastUsedAt: null,
    }),
  ];
}

async function insertToken(orm: MikroORM, row: OldToken): Promise<void> {
  await runSql(
    orm,
    `insert into durin_auth_token (id, selector, user_id, client_id, created, expiry, last_used_at, ip_address, user_agent)
     select ?, ?, ?, c.id, ?, ?, ?, ?, ? from durin_client c where c.name = ?`,
    [
      row.id,
      row.selector,
      row.userId,
      row.created,
      row.expiry,
      row.lastUsedAt,
      row.ipAddress,
      row.userAgent,
      row.client,
    ],
  );
}
