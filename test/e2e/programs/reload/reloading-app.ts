import { channel } from 'node:diagnostics_channel';
import { setTimeout as wait } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { createClient } from 'redis';
import { defineNotifiedEntities } from '../../../support/bus/notified-entities.ts';
import type { durin as Durin } from './reloaded-auth.ts';

// An app in development: a process that evaluates a module again at each edit. It prints what is open after three evaluations
// and after twelve more, then the warnings, each as a line of JSON, and ends by itself once its last durin is closed.

/** What one process has open, of which edits must not make more. */
export interface Open {
  /** Connections to Redis. */
  readonly redis: number;
  /** Connections that LISTEN. */
  readonly listeners: number;
  /** Timers that repeat. Others end by themselves. */
  readonly timers: number;
  /** Durins that hear the changes of the others in this process. */
  readonly peers: number;
}

const { POSTGRES_URL = '', REDIS_URL = '', HABIT } = process.env;
const redisUrl = REDIS_URL === '' ? null : REDIS_URL;

const intervals = countIntervals();
const entities = defineNotifiedEntities({ notify: redisUrl === null });
const orm = await MikroORM.init({ clientUrl: POSTGRES_URL, entities: Object.values(entities) });
const { User, Client: DurinClient, AuthToken } = entities;
const warnings: string[] = [];
Object.assign(globalThis, {
  kept: {
    orm,
    entities: { User, Client: DurinClient, AuthToken },
    habit: HABIT,
    redisUrl,
    onWarning: (message: string) => void warnings.push(message),
  },
});

const postgres = new Client({ connectionString: POSTGRES_URL });
await postgres.connect();
const redis = redisUrl === null ? null : await createClient({ url: redisUrl }).connect();

let evaluations = 0;
let token = '';

/** Evaluates the module as an edit does, and uses what it exports. */
async function edit(): Promise<typeof Durin> {
  evaluations += 1;
  const { durin } = (await import(`./reloaded-auth.ts?${evaluations}`)) as { durin: typeof Durin };
  if (token === '') token = await signIn(durin);
  do await durin.authenticate(token);
  while (!durin.isConnected());
  return durin;
}

async function signIn(durin: typeof Durin): Promise<string> {
  await durin.clients.sync();
  const em = orm.em.fork();
  const user = em.create(User, { username: 'alice' });
  await em.flush();
  return (await durin.tokens.issue({ user, client: 'web' })).token;
}

async function countOpen(): Promise<Open> {
  const { rows } = await postgres.query<{ count: number }>(
    "select count(*)::int from pg_stat_activity where application_name = 'trpc-durin bus'",
  );
  const clients = redis === null ? [] : await redis.clientList();
  return { redis: clients.length, listeners: rows[0]?.count ?? 0, timers: intervals.size, peers: countPeers() };
}

/** The intervals that are not cleared, from now on. */
function countIntervals(): ReadonlySet<unknown> {
  const running = new Set<unknown>();
  const { setInterval: start, clearInterval: end } = globalThis;
  Object.assign(globalThis, {
    setInterval(...args: Parameters<typeof start>) {
      const interval = start(...args);
      running.add(interval);
      return interval;
    },
    clearInterval(interval: NodeJS.Timeout) {
      running.delete(interval);
      end(interval);
    },
  });
  return running;
}

/** As one more durin of this process would count them. */
function countPeers(): number {
  let peers = 0;
  const present = () => void (peers += 1);
  channel(`trpc-durin:invalidated:${orm.config.get('dbName')}`).publish({ from: null, present });
  return peers;
}

/** Waits until the servers have noticed which connections were closed. */
async function settle(): Promise<Open> {
  const before = await countOpen();
  await wait(200);
  const after = await countOpen();
  return before.redis === after.redis && before.listeners === after.listeners ? after : settle();
}

async function editTimes(times: number): Promise<typeof Durin> {
  const durin = await edit();
  return times === 1 ? durin : editTimes(times - 1);
}

await editTimes(3);
console.log(JSON.stringify(await settle()));
const last = await editTimes(12);
console.log(JSON.stringify(await settle()));
console.log(JSON.stringify(warnings));

await last.close();
await orm.close();
await postgres.end();
redis?.destroy();
