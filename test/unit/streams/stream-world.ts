import { createChanges } from '../../../src/cache/changes/changes.ts';
import { DurinError, isDurinError } from '../../../src/errors.ts';
import type { SessionRecord } from '../../../src/session.ts';
import type { Verdict } from '../../../src/streams/judge-session.ts';
import { createOpenStreams } from '../../../src/streams/open-streams.ts';

export const recheckMs = 30_000;
export const timeoutMs = 10_000;

export interface Row {
  userId?: number;
  clientId?: number;
  clientName?: string;
  expiresAt?: Date | null;
}

export interface Demands {
  since?: number;
  allowed?: readonly string[];
  /** What the guard's callback throws when the session is judged. */
  failure?: Error | null;
}

/** Open streams over sessions in memory, by the clock of the test. Fake the timers before it is created. */
export function createStreamWorld() {
  const rows = new Map<string, SessionRecord>();
  const changes = createChanges();
  /** The selectors of each turn's look-ups. */
  const looked: string[] = [];
  const world = { isBusConnected: true, isDown: false, delayMs: 0, unread: null as Promise<void> | null };

  async function judge({ selector }: { selector: string }): Promise<Verdict> {
    looked.push(selector);
    const record = rows.get(selector); // as it is when the look-up starts
    if (world.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, world.delayMs));
    if (world.isDown) throw new DurinError('STORE_UNAVAILABLE');
    if (record === undefined) return { kind: 'ended', reason: new DurinError('INVALID_TOKEN') };
    if (record.expiresAt !== null && record.expiresAt.getTime() <= Date.now())
      return { kind: 'ended', reason: new DurinError('TOKEN_EXPIRED') };
    return { kind: 'valid', record };
  }

  const streams = createOpenStreams({
    judge,
    announced: changes.count,
    isBusConnected: () => world.isBusConnected,
    unread: () => world.unread,
    recheckMs,
    timeoutMs,
    now: Date.now,
  });
  changes.listen(streams);

  function store(selector: string, { userId = 1, clientId = 1, clientName = 'web', expiresAt = null }: Row = {}) {
    const record: SessionRecord = {
      id: `id of ${selector}`,
      selector,
      userId,
      userRow: {},
      scopes: null,
      user: {},
      client: { id: clientId, name: clientName, tokenTtl: null, throttleRate: null },
      createdAt: new Date(0),
      authenticatedAt: null,
      expiresAt,
      expiresByIdling: false,
      isExtendedByUse: false,
      latestExpiry: null,
      lastUsedAt: null,
      replaces: null,
    };
    rows.set(selector, record);
    return record;
  }

  /** Opens a stream of a stored session, and records why it ended. */
  function open(selector: string, demands: Demands = {}) {
    const record = rows.get(selector);
    if (record === undefined) throw new Error(`there is no session ${selector}`);
    return openOf(record, demands);
  }

  function openOf(record: SessionRecord, demands: Demands = {}) {
    const { since = changes.count(), allowed = ['web'], failure = null } = demands;
    const ends: string[] = [];
    const stream = streams.open({
      record,
      since,
      refusalOf({ client }) {
        if (failure !== null) throw failure;
        return allowed.includes(client.name) ? null : new DurinError('CLIENT_NOT_ALLOWED');
      },
      onEnd: (reason) => void ends.push(isDurinError(reason) ? reason.durin.code : reason.message),
    });
    return {
      ends,
      isHeld: () => stream.clearance() !== null,
      clearance: () => stream.clearance(),
      close: () => stream.close(),
    };
  }

  return { world, rows, changes, looked, streams, store, open, openOf };
}
