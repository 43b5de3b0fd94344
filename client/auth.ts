import type { TRPCClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinPath, ExpiryOf, LoginInput, Mutate, UserOf } from './mounted-router.ts';
import type { Era, Snapshot } from './session.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** Who is signed in, and how that changes. Its functions need no `this`. */
export interface DurinAuth<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  /** @throws TRPCClientError with `data.durin.code` INVALID_CREDENTIALS or THROTTLED, for instance */
  readonly login: (input: LoginInput<TRouter, TPath>) => ReturnType<Mutate<TRouter, TPath, 'login'>>;
  /** Ends this session. Where the server cannot be reached it fails, and the session goes on. */
  readonly logout: () => ReturnType<Mutate<TRouter, TPath, 'logout'>>;
  /** Ends all sessions of the user, or all but the API key. */
  readonly logoutAll: (
    ...scope: Parameters<Mutate<TRouter, TPath, 'logoutAll'>> extends [input?: infer TScope, ...rest: infer _TRest]
      ? [scope?: TScope]
      : []
  ) => ReturnType<Mutate<TRouter, TPath, 'logoutAll'>>;
  /** Gives the session its full lifetime again. Calls that come together are one. */
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

/** Calls a mutation; through the link, which learns from the answer. */
export type Mutation = (path: string, input?: unknown) => Promise<unknown>;

/** A typed client as `connect` sees it: `trpc.auth.login.mutate`. */
interface ClientNode {
  readonly [name: string]: unknown;
  mutate(input: unknown): Promise<unknown>;
}

/**
 * `auth` as it runs, without the app's types.
 * @param client the client's name; empty: the server finds out by itself
 */
export function createAuth(
  path: string,
  client: string,
  keeper: SessionKeeper,
  mutate: Mutation,
  closing: AbortController,
) {
  let send = mutate;
  let flight: { readonly era: Era; readonly answer: Promise<unknown> } | undefined;

  const call = (name: string, input?: unknown) => send(`${path}.${name}`, input);

  function forgetFlight(): void {
    flight = undefined;
  }

  return {
    login: (input: object) => call('login', { ...input, ...(client && { client }) }),
    logout: () => call('logout'),
    logoutAll: (scope?: object) => call('logoutAll', scope),
    refresh(): Promise<unknown> {
      const { era } = keeper.state;
      if (flight?.era !== era) flight = { era, answer: call('refresh').finally(forgetFlight) };
      return flight.answer;
    },
    getSnapshot: () => keeper.state.snapshot,
    subscribe: keeper.subscribe,
    ready: Promise.resolve(keeper.restoring),
    connect(trpc: ClientNode) {
      send = (name, input) =>
        name
          .split('.')
          .reduce((node, key) => node[key] as ClientNode, trpc)
          .mutate(input);
    },
    close: () => closing.abort(),
  };
}
