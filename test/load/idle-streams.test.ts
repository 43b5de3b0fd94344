import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTokenCodec } from '../../src/tokens/token-codec.ts';
import { requestOf, secret, t } from '../support/app.ts';
import { codeOf } from '../support/arena.ts';
import { type NotifiedApp, type NotifiedProcess, openNotifiedApp } from '../support/bus/notified-app.ts';
import { plantedTokens } from '../support/planting/planted-tokens.ts';
import { tapStatements } from '../support/statement-tap.ts';
import { heapUsed } from './streams/heap-used.ts';

const count = 10_000;
const codec = createTokenCodec({ secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes });

let app: NotifiedApp;
let server: NotifiedProcess;
let users: readonly { readonly id: number; readonly token: string }[];
beforeAll(async () => {
  app = await openNotifiedApp({ notify: true });
  server = await app.start();
  const { id: clientId } = await server.durin.clients.create({ name: 'web' });
  const { rows } = await app.psql.query<{ id: number }>(
    "insert into app_user (username, is_active) select 'user ' || i, true from generate_series(1, $1) i returning id",
    [count],
  );
  await app.psql.query(
    plantedTokens(
      `select md5(id::text), id, ${clientId}, now(), now() + id * interval '1 day', now(), null, null from app_user`,
    ),
  );
  users = rows.map(({ id }) => ({ id, token: codec.tokenOf(createHash('md5').update(String(id)).digest('hex')) }));
});
afterAll(() => app.close());

async function* waiting() {
  yield 'open';
  await new Promise(() => {});
}

/** Counts the timers that are set from now on, and neither cleared nor over. */
function countTimers() {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const pending = new Set<unknown>();
  vi.stubGlobal('setTimeout', (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = set(() => {
      pending.delete(timer);
      run(...args);
    }, ms);
    pending.add(timer);
    return timer;
  });
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout) => {
    pending.delete(timer);
    clear(timer);
  });
  return {
    stop(): number {
      vi.unstubAllGlobals();
      return pending.size;
    },
  };
}

/** Opens a stream of each user, and keeps a consumer waiting for its next event. */
async function openAll(subscribe: (token: string) => Promise<AsyncIterable<unknown>>) {
  const before = heapUsed();
  const streams: { readonly iterator: AsyncIterator<unknown>; readonly over: Promise<unknown> }[] = [];
  for (const { token } of users) {
    const iterator = (await subscribe(token))[Symbol.asyncIterator]();
    await iterator.next();
    streams.push({ iterator, over: iterator.next().catch(codeOf) });
  }
  return { streams, bytes: (heapUsed() - before) / count };
}

test('10,000 idle streams cost no statement, and 2 kB each', async () => {
  const { durin, bus } = server;
  const router = t.router({
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    guarded: durin.authedProcedure.subscription(waiting),
    // What tRPC takes for a stream whose errors are typed, behind a middleware that adds to the context.
    bare: t.procedure
      .errors(() => undefined)
      .use(({ next }) => next({ ctx: { user: null, auth: null } }))
      .subscription(waiting),
  });
  const callerOf = (token: string) => router.createCaller(durin.createContext(requestOf({ token })));
  await vi.waitFor(async () => {
    await callerOf(users[0]?.token ?? '').me();
    expect(bus.isConnected()).toBe(true);
  });
  for (const { token } of users) await callerOf(token).me();
  const bare = await openAll((token) => callerOf(token).bare());
  const timers = countTimers();
  const { streams, bytes } = await openAll((token) => callerOf(token).guarded());
  console.log(`${(bytes - bare.bytes).toFixed(0)} B each, beyond ${bare.bytes.toFixed(0)} B without a guard`);
  expect(bytes - bare.bytes).toBeLessThan(2048);
  expect(timers.stop()).toBeLessThanOrEqual(2); // one of all streams, and one that writes the uses of the tokens

  // Collecting the garbage stalls the process for long, after which all sessions may be looked up once.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const statements = await tapStatements(server.orm);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  /** Besides the uses of the tokens, which are written late, and the triggers, which are looked at every half minute. */
  const ofStreams = () => statements.filter(({ text }) => !/pg_trigger|^with used as/.test(text));
  expect(ofStreams()).toEqual([]);

  await app.psql.query('delete from durin_auth_token where user_id = $1', [users[7]?.id]);
  expect(await streams[7]?.over).toBe('INVALID_TOKEN');
  await turn();
  expect(ofStreams()).toHaveLength(1);
});
