import type { MikroORM } from '@mikro-orm/core';
import { Client as PgClient } from 'pg';
import { vi } from 'vitest';
import { type Bus, createDurin } from '../../../src/index.ts';
import { type PostgresBusOptions, postgresBus } from '../../../src/postgres/index.ts';
import { secret } from '../app.ts';
import { codeOf } from '../arena.ts';
import { inProcessOfItsOwn } from '../cache/process-of-its-own.ts';
import { closeDatabase, openAgain, openDatabase, postgresUrl } from '../database.ts';
import { databaseUrl } from '../servers/database-server.ts';
import { defineNotifiedEntities, type NotifiedEntities, type NotifiedEntitiesOptions } from './notified-entities.ts';

/** A database with its tables, and processes that cache its sessions over a postgresBus. On PostgreSQL. */
export async function openNotifiedApp(options: NotifiedEntitiesOptions, existing?: { orm: MikroORM }) {
  const entities = defineNotifiedEntities(options);
  const orm = existing
    ? await openAgain(existing.orm, { entities: Object.values(entities) })
    : await openDatabase({ entities: Object.values(entities) });
  if (existing) await orm.schema.create();
  const url = databaseUrl(postgresUrl ?? '', orm.config.get('dbName') ?? '');
  const psql = new PgClient({ connectionString: url });
  psql.on('error', () => {}); // the server may stop first
  await psql.connect();
  const running: { close(): Promise<void> }[] = [];

  async function start(busOptions?: PostgresBusOptions) {
    let lookUps = 0;
    const own = await openAgain(orm, {
      entities: Object.values(entities),
      debug: ['query'],
      logger(line) {
        if (/auth_token" t join/.test(line)) lookUps += 1;
      },
      colors: false,
    });
    const process = { ...startNotifiedProcess(own, entities, busOptions), lookUps: () => lookUps };
    running.push(process);
    return process;
  }

  return {
    orm,
    entities,
    url,
    /** A plain connection, as any other program has. */
    psql,
    start,
    /** Adds a user with a session, at a client of its own. */
    async enter({ durin }: Pick<ReturnType<typeof startNotifiedProcess>, 'durin'>) {
      const name = crypto.randomUUID();
      const em = orm.em.fork();
      const organization = em.create(entities.Organization, { name });
      const user = em.create(entities.User, { username: name, organization });
      await em.flush();
      const client = await durin.clients.create({ name });
      const { token, auth } = await durin.tokens.issue({ user, client: name });
      return { token, tokenId: auth.id, userId: user.id, clientId: client.id, organizationId: organization.id };
    },
    async close() {
      for (const process of running.splice(0)) await process.close();
      await psql.end();
      if (existing) await orm.close(true);
      else await closeDatabase(orm);
    },
  };
}

export type NotifiedApp = Awaited<ReturnType<typeof openNotifiedApp>>;

/** One of the app's processes, with an ORM of its own, run inside this one. */
export function startNotifiedProcess(
  orm: MikroORM,
  { User, Client, AuthToken }: NotifiedEntities,
  busOptions?: PostgresBusOptions,
) {
  const inner = postgresBus(busOptions);
  let losses = 0;
  const bus: Bus = {
    ...inner,
    start(onMessage, onPossibleLoss, ...others) {
      function lose(): void {
        losses += 1;
        onPossibleLoss();
      }
      inner.start(onMessage, lose, ...others);
    },
  };
  const durin = inProcessOfItsOwn(() =>
    createDurin({
      orm,
      entities: { User, Client, AuthToken },
      secret,
      verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }),
      populate: ['user', 'user.organization'],
      cache: { ttl: '60s', bus },
      onWarning() {},
    }),
  );

  /** What it answers to a token: the user's name, or the code of the refusal. */
  const ask = (token: string): Promise<string> => durin.authenticate(token).then(({ user }) => user.username, codeOf);

  /** Resolves once it answers from its memory. A process that was kept waiting does not trust it for a moment. */
  async function trusted(): Promise<void> {
    await vi.waitFor(() => {
      if (!bus.isConnected()) throw new Error('the bus is not connected');
    }, 10_000);
  }

  return {
    durin,
    orm,
    bus,
    ask,
    /** Resolves once it has the session in its memory and trusts it. */
    async warm(token: string): Promise<void> {
      await ask(token);
      await trusted();
      await ask(token);
    },
    trusted,
    /** How often it has dropped its memory, because messages may have been lost. */
    losses: () => losses,
    /** Asks until the answer is another one, for at most 5 s, and returns it. */
    async untilChanged(token: string, before: string): Promise<string> {
      const startedAt = performance.now();
      for (;;) {
        const answer = await ask(token);
        if (answer !== before || performance.now() - startedAt > 5000) return answer;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      await durin.close();
      await orm.close(true);
    },
  };
}

export type NotifiedProcess = Awaited<ReturnType<NotifiedApp['start']>>;
