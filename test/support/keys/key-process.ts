import { MikroORM } from '@mikro-orm/postgresql';
import { createDurin } from '../../../src/index.ts';
import { AuthToken, Client, entities, User } from '../entities.ts';

// One of the processes of an app, which a test forks. It does what it is told, and answers with the events that it emitted.

/** What the test sends: use this key so many times at once, or look for notices. The clock is that of the message. */
export interface KeyTask {
  readonly now: number;
  readonly token: string | null;
  readonly uses: number;
}

/** What the process answers: the names of the events with the keys that they are about, and the refusals. */
export interface KeyReport {
  readonly events: readonly string[];
  readonly refusals: readonly string[];
}

const orm = await MikroORM.init({ clientUrl: process.env['POSTGRES_URL'] ?? '', entities });
const events: string[] = [];
let now = 0;

const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret: process.env['SECRET'] ?? '',
  tokenPrefix: 'acme_',
  scopes: ['read', 'write', 'admin'],
  clients: { web: {}, api: { scopes: ['read', 'write'], keys: {} } },
  verifyCredentials: () => null,
  cache: { ttl: '60s' },
  now: () => now,
});
const read = durin.guardedProcedure({ scopes: ['read'] }).query(({ ctx }) => ctx.auth.id);
durin.events.on('tokenRenewed', ({ tokenId, expiry }) => events.push(`renewed ${tokenId} ${expiry?.toISOString()}`));
durin.events.on('tokenRevoked', ({ tokenId, reason }) => events.push(`revoked ${tokenId} ${reason}`));
durin.events.on('tokenExpiring', ({ tokenId, daysLeft }) => events.push(`expiring ${tokenId} ${daysLeft}`));

async function use(token: string): Promise<void> {
  const ctx = durin.createContext({ req: { headers: { authorization: `Token ${token}` } } });
  await read({
    ctx,
    getRawInput: () => Promise.resolve(undefined),
    path: 'read',
    type: 'query',
    signal: undefined,
    batchIndex: 0,
  });
}

async function work(task: KeyTask): Promise<KeyReport> {
  now = task.now;
  const { token } = task;
  const uses = Array.from({ length: task.uses }, () => (token === null ? durin.flush() : use(token)));
  const outcomes = await Promise.allSettled(uses);
  await durin.flush();
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  return { events: events.splice(0), refusals };
}

process.on('message', (task: KeyTask) => void work(task).then((report) => process.send?.(report)));
process.once('disconnect', () => void durin.close().then(() => orm.close()));
process.send?.('ready');
