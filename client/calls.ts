import type { Operation, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable, observableToPromise } from '@trpc/server/observable';
import { endingOf, factOf } from './outcome.ts';
import type { Era, Fact } from './session.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** The headers of a request; without a session there are none. Also right as `connectionParams`. */
export type DurinHeaders = { authorization?: string };

/** What tRPC's links pass to their option `headers`: a call, or the calls of a batch; nothing for a connection. */
export interface HeadersSource {
  readonly op?: Operation;
  readonly opList?: readonly Operation[];
}

/** In a call's context. Has no token in it, as loggers print contexts. */
export interface Mark {
  /** In which the call was made. */
  readonly era: Era;
  /** Whose token it was sent with, as far as is known. */
  sentIn?: Era;
}

type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

const markName = 'durin';

/**
 * Binds each call to the session that it was made in, and learns from what comes back. An answer that changes the session
 * reaches its caller when the storage knows of the change.
 * @param path where the router is mounted
 */
export function followCalls(keeper: SessionKeeper, path: string, scheme: string) {
  const eras = new WeakMap<Operation, Era>();
  const leaving = new Set<Era>(); // their logout is under way: what ends them now is that
  let connected: Era | undefined;
  let lastNext: Call['next'] | undefined;
  let calls = 0;

  function headersOf(era: Era): DurinHeaders {
    const token = era();
    return token ? { authorization: `${scheme} ${token}` } : {};
  }

  /** The era of a call that is sent with that era's token. */
  function pin({ context }: Operation): Era {
    const mark = context[markName] as Mark | undefined;
    return mark ? (mark.sentIn = mark.era) : keeper.state.era;
  }

  function headers({ op, opList = op && [op] }: HeadersSource = {}): DurinHeaders {
    if (!opList) return headersOf((connected = keeper.state.era));
    const [era = keeper.state.era, ...others] = new Set(opList.map(pin));
    if (others.length > 0) throw new Error('Mixed sessions in a batch.'); // none of them is sent
    return headersOf(era);
  }

  function follow({ op, next }: Call) {
    const order = ++calls;
    const isSubscription = op.type === 'subscription';
    const procedure = op.path.startsWith(`${path}.`) ? op.path.slice(path.length + 1) : '';
    if (!isSubscription) lastNext = next;

    return observable((observer) => {
      const cleanups: (() => void)[] = [];
      let isLearning = false;
      let isOver = false;

      async function learn(fact: Fact, goOn: () => void): Promise<void> {
        isLearning = true;
        await keeper.learn(fact);
        goOn();
      }

      function send(): void {
        if (isOver) return;
        const era = eras.get(op) ?? keeper.state.era; // its own also when a link before this one sends it again
        const mark: Mark = { era };
        eras.set(op, era);

        function endWithSession(): void {
          if (!isLearning && era !== keeper.state.era) observer.complete();
        }
        if (isSubscription && era()) cleanups.push(keeper.subscribe(endWithSession));
        if (procedure.startsWith('logout')) {
          leaving.add(era);
          cleanups.push(() => leaving.delete(era));
        }

        const sent = next({ ...op, context: { ...op.context, [markName]: mark } }).subscribe({
          next(envelope) {
            const fact = factOf(procedure, era, order, envelope);
            if (!fact) {
              observer.next(envelope);
              return;
            }
            void learn(fact, () => {
              if (!mark.sentIn && connected) connected = keeper.state.era; // the connection is the new session's
              observer.next(envelope);
              observer.complete();
            });
          },
          error(error) {
            const sentIn = mark.sentIn ?? connected ?? era;
            const ending = endingOf(error);
            if (ending) {
              const reason = leaving.has(sentIn) ? 'logged-out' : ending;
              void learn({ era: sentIn, session: null, reason }, () => observer.error(error));
            } else observer.error(error);
          },
          complete() {
            if (!isLearning) observer.complete();
          },
        });
        cleanups.push(() => sent.unsubscribe());
      }

      if (keeper.restoring) void keeper.restoring.then(send).catch((error) => observer.error(error));
      else send();

      return () => {
        isOver = true;
        for (const cleanup of cleanups) cleanup();
      };
    });
  }

  /** Calls a mutation the way that the last call went. */
  async function mutate(name: string, input?: unknown): Promise<unknown> {
    if (!lastNext) throw new Error('Call auth.connect first.');
    const op = { id: 0, type: 'mutation', path: name, input, context: {} } as Operation; // and no signal
    const { result } = (await observableToPromise(follow({ op, next: lastNext }))) as { result: { data?: unknown } };
    return result.data;
  }

  const link: TRPCLink<AnyTRPCRouter> = () => follow;
  return { link, headers, headersOf, pin, mutate, leaving };
}
