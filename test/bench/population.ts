import { createHash, randomBytes } from 'node:crypto';
import type { EntitySchema } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { createTokenCodec } from '../../src/tokens/token-codec.ts';
import { plantedTokens } from '../support/planting/planted-tokens.ts';
import { withoutIndexes } from '../support/planting/without-indexes.ts';
import { entities } from './entities.ts';

export const secret = 'a secret of the benchmark, long enough for it';

const codec = createTokenCodec({ secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes });

/** Every user holds a token for every client; both are numbered from 1. */
export interface Population {
  readonly users: number;
  readonly clients: number;
  /** As many users more, all of whose tokens have expired. */
  readonly expiredUsers?: number;
}

/** A database of its own on this server, with tables and rows, which PostgreSQL makes by itself. */
export async function createPopulation(
  serverUrl: string,
  name: string,
  population: Population,
  tables: readonly EntitySchema[] = entities,
): Promise<string> {
  const url = await createDatabase(serverUrl, name);
  const orm = await MikroORM.init({ clientUrl: url, entities: [...tables] });
  await orm.schema.create();
  await orm.em.getConnection().execute('alter table durin_token_use set (fillfactor = 50)'); // as the guide to the upgrade advises
  const { users, clients, expiredUsers = 0 } = population;
  const execute = (sql: string, ...values: unknown[]) => orm.em.getConnection().execute(sql, values);
  await execute(
    `insert into bench_user (username, email, full_name, avatar_url, created_at, email_verified_at)
     select 'user ' || u, 'user.' || u || '@example.com', 'First And Last Name ' || u,
       'https://images.example.com/avatars/' || md5(u::text) || '.png', now() - interval '1 year', now() - interval '1 day'
     from generate_series(1, ?) u`,
    users + expiredUsers,
  );
  await execute(
    "insert into durin_client (name, token_ttl) select 'client ' || c, 86400 from generate_series(1, ?) c",
    clients,
  );
  await withoutIndexes(orm, ['durin_auth_token', 'durin_token_use'], async (em) => {
    await em.execute(
      plantedTokens(`
       select md5(u || ':' || c), u, c, now() - interval '2 days',
         case when u > ? then now() - interval '1 day' + u * interval '1 ms' else now() + interval '1 day' end,
         now() + interval '1 day', '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
       from generate_series(1, ?) u, generate_series(1, ?) c`),
      [users, users + expiredUsers, clients],
    );
  });
  await execute('vacuum analyze');
  await orm.close();
  return url;
}

export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Has PostgreSQL read all tokens and their indexes into its memory, as a server has that has been up for a while. */
export async function warmUp(url: string): Promise<void> {
  await onServer(url, 'create extension if not exists pg_prewarm');
  await onServer(url, "select pg_prewarm('durin_auth_token'), pg_prewarm('bench_user')");
  await onServer(url, "select pg_prewarm(indexname::regclass) from pg_indexes where schemaname = 'public'");
}

export async function dropPopulation(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, `drop database if exists ${name} with (force)`);
}

async function onServer(url: string, sql: string): Promise<void> {
  const server = await MikroORM.init({ clientUrl: url, entities });
  await server.em.getConnection().execute(sql);
  await server.close();
}

/** The token that this user holds for this client. */
export function tokenOf(user: number, client = 1): string {
  return codec.tokenOf(createHash('md5').update(`${user}:${client}`).digest('hex'));
}

/** The tokens of the first users, for the first client. */
export function tokensOf(users: number): string[] {
  return Array.from({ length: users }, (_, index) => tokenOf(index + 1));
}
