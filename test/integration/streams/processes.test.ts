import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, requestOf, requiredOptions, t } from '../../support/app.ts';
import { openCachedApp } from '../../support/cache/cached-app.ts';
import { inProcessOfItsOwn } from '../../support/cache/process-of-its-own.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { entities, User } from '../../support/entities.ts';
import { codeOf } from './transports.ts';

const statements: string[] = [];
const closing: (() => Promise<unknown>)[] = [];
let orm: Awaited<ReturnType<typeof openDatabase>>;
const logger = (line: string) => void statements.push(line);
beforeAll(async () => {
  orm = await openDatabase({ entities, debug: ['query'], logger, colors: false });
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => closeDatabase(orm));

type Streaming = Pick<ReturnType<typeof start>, 'authedProcedure' | 'createContext'>;

/** A durin as if it were alone in its process, without a cache. */
function start() {
  const options = { ...requiredOptions(orm), clients, streams: { recheck: '1s' } } as const;
  const durin = inProcessOfItsOwn(() => createDurin(options));
  closing.push(durin.close);
  return durin;
}

/** Opens a stream that yields once and then waits. Returns how it ends. */
async function openStream({ authedProcedure, createContext }: Streaming, token: string) {
  const router = t.router({
    watch: authedProcedure.subscription(async function* ({ ctx }) {
      yield ctx.user.username;
      await new Promise(() => {});
    }),
  });
  const values = await router.createCaller(createContext(requestOf({ token }))).watch();
  const iterator = values[Symbol.asyncIterator]();
  await iterator.next();
  return { last: iterator.next().catch(codeOf) };
}

async function addUsers(count: number): Promise<number[]> {
  const em = orm.em.fork();
  const name = crypto.randomUUID();
  const users = Array.from({ length: count }, (_, index) => em.create(User, { username: `${name} ${index}` }));
  await em.flush();
  return users.map(({ id }) => id);
}

test('a revocation in another process is heard over the bus', async () => {
  const app = await openCachedApp('layered');
  closing.push(app.close);
  const { token, auth } = await app.here.tokens.issue({ user: 1, client: 'web' });
  const { last } = await openStream(app.there as unknown as Streaming, token);
  await app.here.tokens.revoke(auth.id);
  expect(await last).toBe('INVALID_TOKEN');
});

test('a flush through one durin of a process ends streams of another', async () => {
  const app = await openCachedApp('memory');
  closing.push(app.close);
  const other = app.start();
  closing.push(other.close);
  const { token, auth } = await app.here.tokens.issue({ user: 1, client: 'web' });
  const { last } = await openStream(app.here as unknown as Streaming, token);
  await app.here.tokens.revoke(auth.id);
  expect(await last).toBe('INVALID_TOKEN');
});

test('without a bus, it is noticed when the session is looked up again', async () => {
  const [here, there] = [start(), start()];
  await here.clients.sync();
  const [user = 0] = await addUsers(1);
  const { token, auth } = await here.tokens.issue({ user, client: 'web' });
  const { last } = await openStream(there, token);
  await here.tokens.revoke(auth.id);
  expect(await last).toBe('INVALID_TOKEN');
});

test('a change looks up the sessions that it concerns 256 at a time', async () => {
  const durin = start();
  await durin.clients.sync();
  const users = await addUsers(300);
  const issued = await Promise.all(users.map((user) => durin.tokens.issue({ user, client: 'web' })));
  const streams = await Promise.all(issued.map(({ token }) => openStream(durin, token)));
  statements.length = 0;
  await durin.clients.delete('web');
  const ends = await Promise.all(streams.map(({ last }) => last));
  expect(new Set(ends)).toEqual(new Set(['INVALID_TOKEN']));
  // One for the change, and one more where it met a look-up that was under way.
  const lookUps = statements.filter((line) => /selector (?:= any|in )/.test(line));
  expect(lookUps.length).toBeGreaterThanOrEqual(2);
  expect(lookUps.length).toBeLessThanOrEqual(4);
});
