import type { ChangeListener } from '../cache/changes/changes.ts';
import { copyError, DurinError, isDurinError } from '../errors.ts';
import { DueQueue } from './due-queue.ts';
import type { JudgeSession, Verdict } from './judge-session.ts';
import { listOf, withoutValue, withValue } from './one-or-many.ts';
import type { OpenSession } from './open-session.ts';
import { createOpenSessions } from './open-sessions.ts';
import { type OpenStream, SessionStream, type StreamOperations, type StreamRequest } from './session-stream.ts';
import { createWakeTimer } from './wake-timer.ts';

/** The streams that are open in this process. They end when their sessions do. */
export interface OpenStreams extends ChangeListener {
  /** How many are open. */
  readonly count: number;
  open(request: StreamRequest): OpenStream;
  /** Ends all streams, and those that are opened later. */
  close(): void;
}

export interface OpenStreamsDeps {
  /** It answers or fails in bounded time. */
  readonly judge: JudgeSession;
  /** How many changes were announced so far. */
  readonly announced: () => number;
  /** Whether the changes that other processes make are announced here. */
  readonly isBusConnected: () => boolean;
  /** While announced changes may wait unread: resolves when they are read. `null`: none do. */
  readonly unread: () => Promise<void> | null;
  /** Milliseconds between two look-ups of a session while the changes of others are not announced. */
  readonly recheckMs: number;
  /** For how long a session that cannot be looked up keeps its streams, in milliseconds. */
  readonly timeoutMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** As many look-ups share a statement. */
const maxBatchSize = 256;
/** The most batches that are looked up at once, so that a change of many sessions leaves the pool some connections. */
const maxBatches = 4;
/** Milliseconds after which look-ups that failed are repeated. */
const retryMs = 1000;

/**
 * A change that concerns a session suspends its streams at once: what they yield from then on is held back. The session is
 * then looked up and judged. If it is still valid, its streams continue; otherwise they end. Look-ups go to the database, so a
 * slow or stale cache delays no end.
 *
 * A session that cannot be looked up keeps its streams, suspended or not, for as long as calls wait for the database. Then
 * they end with STORE_UNAVAILABLE.
 */
export function createOpenStreams(deps: OpenStreamsDeps): OpenStreams {
  const { judge, announced, isBusConnected, unread, recheckMs, timeoutMs, now } = deps;
  const sessions = createOpenSessions();
  /** Those that expire, by the clock. */
  const expiring = new DueQueue<OpenSession>();
  const timer = createWakeTimer(wake);
  /** Those whose look-up has failed. */
  let failed = new Set<OpenSession>();
  let retryAt = Infinity;
  let recheckAt = Infinity;
  let isRechecking = false;
  let isClosed = false;
  let count = 0;

  const operations: StreamOperations<OpenSession> = {
    clearance(session) {
      if (!session.isSuspended && session.isExpired(now())) suspendAndJudge([session]);
      return session.judged() ?? unread();
    },
    leave(session, stream) {
      count -= 1;
      session.streams = withoutValue(session.streams, stream);
      if (session.streams !== null) return;
      sessions.remove(session);
      expiring.delete(session);
      failed.delete(session);
      session.resume(); // nobody judges it any more
      if (sessions.size === 0) timer.stop();
    },
  };

  function expireAt(session: OpenSession, expiresAt: Date | null): void {
    session.expiresAt = expiresAt;
    if (expiresAt === null) expiring.delete(session);
    else expiring.set(session);
  }

  function suspendAndJudge(concerned: readonly OpenSession[]): void {
    for (const session of concerned) session.suspend();
    void judgeAll(concerned);
  }

  async function judgeAll(concerned: readonly OpenSession[]): Promise<void> {
    let started = 0;
    async function judgeBatches(): Promise<void> {
      while (started < concerned.length) {
        const batch = concerned.slice(started, started + maxBatchSize);
        started += maxBatchSize;
        await Promise.all(batch.map(judgeOne));
        schedule();
      }
    }
    await Promise.all(Array.from({ length: maxBatches }, judgeBatches));
  }

  async function judgeOne(session: OpenSession): Promise<void> {
    if (session.streams === null) return;
    const { suspensions } = session;
    const before = listOf(session.streams);
    try {
      const verdict = await judge(session);
      const isCurrent = session.suspensions === suspensions;
      // A stream that was opened after a later change is judged by that change's look-up.
      for (const stream of isCurrent ? listOf(session.streams) : before) {
        const reason = reasonToEnd(stream.request, verdict);
        if (reason !== null) stream.end(copyOf(reason));
      }
      if (!isCurrent) return; // the look-up of the later change decides, and may have failed already
      session.lookUpSucceeded();
      failed.delete(session);
      if (session.streams === null) return;
      if (verdict.kind === 'valid') expireAt(session, verdict.record.expiresAt);
      session.resume();
    } catch (error) {
      if (session.lookUpFailed() >= timeoutMs) endAll(session, errorOf(error));
      else retryLater(session);
    }
  }

  function retryLater(session: OpenSession): void {
    if (session.streams === null) return;
    if (failed.size === 0) retryAt = performance.now() + retryMs;
    failed.add(session);
  }

  function schedule(): void {
    if (sessions.size === 0) return;
    const { first } = expiring;
    if (failed.size > 0) timer.wakeIn(retryAt - performance.now());
    if (first !== undefined) timer.wakeIn(first.dueAt - now());
    timer.wakeIn(recheckAt - performance.now());
  }

  function wake(): void {
    if (performance.now() >= recheckAt) void recheck();
    if (performance.now() >= retryAt) retry();
    expire();
    schedule();
  }

  /** A suspended session is being looked up, or will be again. If it is valid, its expiry is set anew. */
  function expire(): void {
    const due: OpenSession[] = [];
    for (let { first } = expiring; first !== undefined && first.dueAt <= now(); first = expiring.first) {
      expiring.delete(first);
      if (!first.isSuspended) due.push(first);
    }
    suspendAndJudge(due);
  }

  function retry(): void {
    const again = [...failed];
    failed = new Set();
    retryAt = Infinity;
    void judgeAll(again);
  }

  async function recheck(): Promise<void> {
    recheckAt = performance.now() + recheckMs;
    if (isRechecking || isBusConnected()) return;
    isRechecking = true;
    try {
      await judgeAll(sessions.all());
    } finally {
      isRechecking = false;
    }
  }

  return {
    get count() {
      return count;
    },
    open(request) {
      if (isClosed) {
        request.onEnd(closedError());
        return closedStream;
      }
      if (sessions.size === 0) recheckAt = performance.now() + recheckMs;
      const session = sessions.of(request.record);
      const stream = new SessionStream(session, request, operations);
      session.streams = withValue(session.streams, stream);
      count += 1;
      if (request.since !== announced()) suspendAndJudge([session]);
      else if (!session.isSuspended) expireAt(session, request.record.expiresAt);
      schedule();
      return stream;
    },
    changed: (...scopes) => suspendAndJudge(sessions.concernedBy(scopes)),
    missed: () => void judgeAll(sessions.all()),
    close() {
      isClosed = true;
      for (const session of sessions.all()) endAll(session, closedError());
      timer.stop();
    },
  };
}

function endAll(session: OpenSession, reason: Error): void {
  for (const stream of listOf(session.streams)) stream.end(copyOf(reason));
  session.resume();
}

/** tRPC notes on an error which call it belongs to, so each stream has its own. */
function copyOf(reason: Error): Error {
  return isDurinError(reason) ? copyError(reason) : reason;
}

/** What a callback of the app throws ends the stream, as it would fail a call. */
function reasonToEnd(request: StreamRequest, verdict: Verdict): Error | null {
  if (verdict.kind === 'ended') return verdict.reason;
  try {
    return request.refusalOf(verdict.record);
  } catch (error) {
    return errorOf(error);
  }
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : unavailable(thrown);
}

const closedStream: OpenStream = { clearance: () => null, close() {} };

/** Another process, or this one after a restart, may accept the session. */
function closedError(): DurinError {
  return unavailable(new Error('durin.close() was called'));
}

function unavailable(cause: unknown): DurinError {
  return new DurinError('STORE_UNAVAILABLE', { cause });
}
