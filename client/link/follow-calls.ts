import type { Operation, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { patienceMs } from '../session/refresh-time.ts';
import type { Era, Fact } from '../session/session.ts';
import type { SessionKeeper } from '../session/session-store.ts';
import type { DurinHeaders, HeadersSource } from './headers.ts';
import { endingOf, factOf } from './outcome.ts';
import { perSession } from './per-session.ts';

/** In a call's context, as `durin`. Has no token in it, as loggers print contexts. */
export interface Mark {
  /** In which the call was made. */
  readonly era: Era;
  /** Whose token it was sent with, as far as is known. */
  sentIn?: Era;
}

type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

/**
 * Binds each call to the session that it was made in, and learns from what comes back. An answer that changes the session
 * reaches its caller when the storage knows of the change.
 * @param path where the router is mounted
 * @param signal closes the connections of `perSession`
 * @returns `ownLinks` for a client whose calls go the way of the last one
 */
export function followCalls(keeper: SessionKeeper, path: string, scheme: string, signal: AbortSignal) {
  const marks = new WeakMap<Operation, Mark>();
  let connected: Era | undefined;
  let lastNext: Call['next'] | undefined;
  let calls = 0;

  function headersOf(era: Era | undefined): DurinHeaders {
    const token = era?.();
    return token ? { authorization: `${scheme} ${token}` } : {};
  }

  /** The era of a call that is sent with that era's token. */
  function pin({ context }: Operation): Era {
    const mark = context['durin'] as Mark | undefined;
    return mark ? (mark.sentIn = mark.era) : keeper.state.era;
  }

  function headers({ op, opList = op && [op] }: HeadersSource = {}): DurinHeaders {
    if (!opList) return headersOf((connected = keeper.state.era));
    const [era, ...others] = new Set(opList.map(pin));
    if (others[0]) throw new Error('Mixed sessions in a batch.'); // none of them is sent
    return headersOf(era);
  }

  function follow({ op, next }: Call) {
    const order = ++calls;
    const procedure = op.path.startsWith(`${path}.`) ? op.path.slice(path.length + 1) : '';

    return observable((observer) => {
      const cleanups: (() => void)[] = [];
      let isOver = false;
      let told = Promise.resolve(keeper.restoring);

      /** One after the other, and each when the storage knows what it changes. */
      function tell(goOn: () => void, fact?: Fact | null): void {
        const learnt = async () => {
          if (fact) await keeper.learn(fact);
          if (!isOver) goOn();
        };
        told = told.then(learnt).catch(observer.error);
      }

      function send(): void {
        // A call that a link before this one sends again keeps its era.
        const mark: Mark = marks.get(op) ?? { era: keeper.state.era };
        const { era } = mark;
        marks.set(op, mark);

        function endWithSession(): void {
          if (era !== keeper.state.era) tell(observer.complete);
        }
        if (op.type === 'subscription' && era()) cleanups.push(keeper.subscribe(endWithSession));
        if (procedure.startsWith('logout')) {
          era.isLeaving = true;
          cleanups.push(() => (era.isLeaving = false));
        }

        const sent = next({ ...op, context: { ...op.context, durin: mark } }).subscribe({
          next(envelope) {
            const fact = factOf(procedure, era, order, envelope);
            tell(() => {
              if (fact && !mark.sentIn) connected &&= keeper.state.era; // the connection is the new session's
              observer.next(envelope);
            }, fact);
          },
          error(error) {
            const sentIn = mark.sentIn ?? connected ?? era;
            const ending = endingOf(error);
            const reason = ending && sentIn.isLeaving ? 'logged-out' : ending;
            tell(() => observer.error(error), reason && { era: sentIn, session: null, reason });
          },
          complete: () => tell(observer.complete),
        });
        cleanups.push(() => sent.unsubscribe());
      }

      if (procedure === 'refresh') {
        const timer = setTimeout(observer.error, patienceMs, new Error('Refresh timed out.'));
        cleanups.push(() => clearTimeout(timer));
      }
      if (keeper.restoring) tell(send);
      else send();

      return () => {
        isOver = true;
        for (const cleanup of cleanups) cleanup();
      };
    });
  }

  const link: TRPCLink<AnyTRPCRouter> = () => (call) => {
    if (call.op.type !== 'subscription') lastNext = call.next;
    return follow(call);
  };

  function sendLikeLast({ op }: Call) {
    if (!lastNext) throw new Error('Call auth.connect first.');
    return lastNext(op);
  }

  return {
    link,
    headers,
    ownLinks: [() => follow, () => sendLikeLast],
    perSession: (open: Parameters<typeof perSession>[0]) => perSession(open, pin, headersOf, signal),
  };
}
