import type { ChangeListener } from '../cache/changes/changes.ts';
import { DurinError, isDurinError } from '../errors.ts';
import type { JudgeSession, Verdict } from './judge-session.ts';
import type { OpenSession, StreamRequest } from './open-session.ts';
import { createOpenSessions } from './open-sessions.ts';
import { createWakeTimer } from './wake-timer.ts';

export interface OpenStream {
  /** `null`: what was yielded may be delivered. Otherwise resolves when that may have changed. */
  clearance(): Promise<void> | null;
  close(): void;
}

/** The streams that are open in this process. They end when their sessions do. */
export interface OpenStreams extends ChangeListener {
  open(request: StreamRequest): OpenStream;
  /** Ends all streams, and those that are opened later. */
  close(): void;
}

export interface OpenStreamsDeps {
  readonly judge: JudgeSession;
  /** How many changes were announced so far. */
  readonly announced: () => number;
  /** Whether the changes that other processes make are announced here. */
  readonly hearsOthers: () => boolean;
  /** While announced changes may wait unread: resolves when they are read. `null`: none do. */
  readonly unread: () => Promise<void> | null;
  /** Milliseconds between two look-ups of a session while the changes of others are not announced. */
  readonly recheckMs: number;
  /** For how long a session that cannot be looked up keeps its streams, in milliseconds. */
  readonly patienceMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** As many look-ups share a statement. */
const maxBatchSize = 256;
/** The most batches that are looked up at once, so that a change of many sessions leaves the pool some connections. */
const maxBatches = 4;

/**
 * A change that concerns a session suspends its streams at once: what they yield from then on is held back. The session is
 * then looked up and judged. If it is still valid, its streams go on; otherwise they end. Look-ups go to the database, so a
 * slow or stale cache delays no end.
 *
 * A session that cannot be looked up keeps its streams, suspended or not, for as long as calls wait for the database. Then
 * they end with STORE_UNAVAILABLE.
 */
export function createOpenStreams(deps: OpenStreamsDeps): OpenStreams {
  const { judge, announced, hearsOthers, unread, recheckMs, patienceMs, now } = deps;
  const sessions = createOpenSessions();
  const timer = createWakeTimer(wake);
  let recheckAt = Infinity;
  let isRechecking = false;
  let isClosed = false;

  /** Returns whether the stream was open. */
  function leave(session: OpenSession, stream: StreamRequest): boolean {
    const wasOpen = session.streams.delete(stream);
    if (wasOpen && session.streams.size === 0) {
      sessions.remove(session);
      session.resume(); // nobody judges it any more
    }
    if (sessions.size === 0) timer.stop();
    return wasOpen;
  }

  function end(session: OpenSession, stream: StreamRequest, reason: Error): void {
    if (leave(session, stream)) stream.onEnd(copyOf(reason));
  }

  function endAll(session: OpenSession, reason: Error): void {
    for (const stream of session.streams) end(session, stream, reason);
    session.resume();
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
      }
    }
    await Promise.all(Array.from({ length: maxBatches }, judgeBatches));
  }

  async function judgeOne(session: OpenSession): Promise<void> {
    if (session.streams.size === 0) return;
    const { suspensions } = session;
    const before = [...session.streams];
    session.lookUpBegan();
    try {
      const verdict = await judge(session);
      session.lookUpSucceeded();
      const isCurrent = session.suspensions === suspensions;
      // A stream that was opened after a later change is judged by that change's look-up.
      for (const stream of isCurrent ? session.streams : before) {
        const reason = reasonToEnd(stream, verdict);
        if (reason !== null) end(session, stream, reason);
      }
      if (!isCurrent) return;
      if (verdict.kind === 'valid') session.expiresAt = verdict.record.expiresAt;
      session.resume();
    } catch (error) {
      const isOver = session.lookUpFailed() >= patienceMs;
      if (isOver) return endAll(session, errorOf(error));
    }
    schedule(session);
  }

  function schedule(session: OpenSession): void {
    if (session.streams.size > 0) timer.wakeIn(Math.min(session.dueInMs(now()), recheckAt - performance.now()));
  }

  function wake(): void {
    if (performance.now() >= recheckAt) void recheck();
    const open = sessions.all();
    const due = open.filter((session) => session.dueInMs(now()) <= 0);
    for (const session of due) {
      session.lookUpBegan();
      if (session.isExpired(now())) session.suspend();
    }
    void judgeAll(due);
    for (const session of open) schedule(session);
  }

  async function recheck(): Promise<void> {
    recheckAt = performance.now() + recheckMs;
    if (isRechecking || hearsOthers()) return;
    isRechecking = true;
    await judgeAll(sessions.all());
    isRechecking = false;
  }

  const operations: StreamOperations = {
    clearance(session, request) {
      if (!session.streams.has(request)) return null;
      if (!session.isSuspended && session.isExpired(now())) suspendAndJudge([session]);
      return session.isSuspended ? session.judged() : unread();
    },
    close(session, request) {
      if (leave(session, request)) request.onClose?.();
    },
  };

  return {
    open(request) {
      if (isClosed) {
        request.onEnd(closedError());
        return closedStream;
      }
      if (sessions.size === 0) recheckAt = performance.now() + recheckMs;
      const session = sessions.of(request.record);
      session.streams.add(request);
      if (request.since !== announced()) suspendAndJudge([session]);
      else if (!session.isSuspended) session.expiresAt = request.record.expiresAt;
      schedule(session);
      return new SessionStream(session, request, operations);
    },
    changed: (scope) => suspendAndJudge(sessions.concernedBy(scope)),
    missed: () => void judgeAll(sessions.all()),
    close() {
      isClosed = true;
      for (const session of sessions.all()) endAll(session, closedError());
      timer.stop();
    },
  };
}

interface StreamOperations {
  clearance(session: OpenSession, request: StreamRequest): Promise<void> | null;
  close(session: OpenSession, request: StreamRequest): void;
}

/** An instance, and not functions for each stream: thousands of streams may be open. */
class SessionStream implements OpenStream {
  readonly #session: OpenSession;
  readonly #request: StreamRequest;
  readonly #operations: StreamOperations;

  constructor(session: OpenSession, request: StreamRequest, operations: StreamOperations) {
    this.#session = session;
    this.#request = request;
    this.#operations = operations;
  }

  clearance(): Promise<void> | null {
    return this.#operations.clearance(this.#session, this.#request);
  }

  close(): void {
    this.#operations.close(this.#session, this.#request);
  }
}

/** tRPC notes on an error which call it belongs to, so each stream has its own. */
function copyOf(reason: Error): Error {
  if (!isDurinError(reason)) return reason;
  const { code, ...facts } = reason.durin;
  return new DurinError(code, { ...facts, cause: reason.cause });
}

/** What a callback of the app throws ends the stream, as it would fail a call. */
function reasonToEnd(stream: StreamRequest, verdict: Verdict): Error | null {
  if (verdict.kind === 'ended') return verdict.reason;
  try {
    return stream.refusalOf(verdict.record);
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
