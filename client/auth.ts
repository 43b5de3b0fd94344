import { getUntypedClient, type TRPCClient, type TRPCLink, TRPCUntypedClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { endingOf } from './link/outcome.ts';
import type { DurinPath, ExpiryOf, LoginInput, Mutate, UserOf } from './mounted-router.ts';
import type { Era, Snapshot } from './session/session.ts';
import type { SessionKeeper } from './session/session-store.ts';

/** Who is signed in, and how that changes. Its functions need no `this`. */
export interface DurinAuth<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  /** @throws TRPCClientError with `data.durin.code` INVALID_CREDENTIALS or THROTTLED, for instance */
  readonly login: (input: LoginInput<TRouter, TPath>) => ReturnType<Mutate<TRouter, TPath, 'login'>>;
  /** Ends this session, or finds that it is over. Where the server cannot be reached it fails, and the session goes on. */
  readonly logout: () => ReturnType<Mutate<TRouter, TPath, 'logout'>>;
  /** Ends all sessions of the user, or all but the API key, and signs out here. */
  readonly logoutAll: (
    ...scope: Parameters<Mutate<TRouter, TPath, 'logoutAll'>> extends [input?: infer TScope, ...rest: infer _TRest]
      ? [scope?: TScope]
      : []
  ) => ReturnType<Mutate<TRouter, TPath, 'logoutAll'>>;
  /** Gives the session its full lifetime again. Calls that come together are one. Fails if it is not answered in 30 s. */
  readonly refresh: () => ReturnType<Mutate<TRouter, TPath, 'refresh'>>;
  /** Who is signed in; the same object until that changes. With an async storage: nobody, until `ready`. */
  readonly getSnapshot: () => Snapshot<UserOf<TRouter, TPath>, ExpiryOf<TRouter, TPath>>;
  /** @returns what ends it */
  readonly subscribe: (listener: () => void) => () => void;
  /** Resolves when the storage was read. Calls wait for it by themselves. */
  readonly ready: Promise<void>;
  /**
   * With `createDurinLink`: has `auth` make its calls through this client. Without it they go the way of the last query
   * or mutation, and there must have been one.
   */
  readonly connect: (client: TRPCClient<TRouter>) => void;
  /** Ends timers, listeners and the connections of `perSession`. */
  readonly close: () => void;
}

/**
 * `auth` as it runs, without the app's types.
 * @param client the client's name; empty: the server finds out by itself
 * @param links of its calls, until it is connected
 */
export function createAuth(
  path: string,
  client: string,
  keeper: SessionKeeper,
  links: TRPCLink<AnyTRPCRouter>[],
  closing: AbortController,
) {
  let caller = new TRPCUntypedClient({ links });
  const refreshing = new Map<Era, Promise<unknown>>();

  const call = (name: string, input?: unknown) => caller.mutation(`${path}.${name}`, input);

  return {
    login: (input: object) => call('login', { ...input, ...(client && { client }) }),
    logout: () =>
      call('logout').catch((error) => {
        if (keeper.state.session && !endingOf(error)) throw error;
      }),
    logoutAll: (scope?: object) => call('logoutAll', scope),
    refresh(): Promise<unknown> {
      const { era } = keeper.state;
      const answer = refreshing.get(era) ?? call('refresh').finally(() => refreshing.delete(era));
      refreshing.set(era, answer);
      return answer;
    },
    getSnapshot: () => keeper.state.snapshot,
    subscribe: keeper.subscribe,
    ready: Promise.resolve(keeper.restoring),
    connect(trpc: TRPCClient<AnyTRPCRouter>) {
      caller = getUntypedClient(trpc);
    },
    close: () => closing.abort(),
  };
}
