import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinErrorData } from '../src/wire.ts';
import type { DurinPath, ReauthenticateInput } from './mounted-router.ts';

/** A question to the user, for a dialog. */
export interface ReauthenticationRequest<TInput> {
  /** Why it is asked: REAUTHENTICATION_REQUIRED, or INVALID_CREDENTIALS after a wrong answer. */
  readonly refusal: DurinErrorData;
  /** Whether an answer is being verified. */
  readonly isBusy: boolean;
  readonly submit: (input: TInput) => void;
  /** Declines, also while an answer is verified. The calls that wait fail with their refusal. */
  readonly cancel: () => void;
}

/** Connects the SDK, which asks, with a dialog, which shows the question. */
export interface Reauthentication<TInput> {
  /** The option of `createDurinClient` or `createDurinLink`. */
  readonly onReauthenticate: (
    refusal: DurinErrorData,
    signal: AbortSignal,
    decline: () => void,
  ) => Promise<TInput | null>;
  readonly subscribe: (listener: () => void) => () => void;
  /** Returns the question; `null`: there is none. */
  readonly getSnapshot: () => ReauthenticationRequest<TInput> | null;
}

/**
 * Creates what `useReauthentication` shows. Create it once, beside the client. It throws nothing.
 *
 * @example
 * export const reauthentication = createReauthentication<AppRouter>();
 * export const { trpc, auth } = createDurinClient<AppRouter>({
 *   url: '/trpc',
 *   path: 'auth',
 *   client: 'web',
 *   onReauthenticate: reauthentication.onReauthenticate,
 * });
 */
export function createReauthentication<
  TRouter extends AnyTRPCRouter,
  TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(): Reauthentication<ReauthenticateInput<TRouter, TPath>> {
  type Input = ReauthenticateInput<TRouter, TPath>;
  const listeners = new Set<() => void>();
  let request: ReauthenticationRequest<Input> | null = null;

  function show(next: ReauthenticationRequest<Input> | null): void {
    request = next;
    for (const listener of listeners) listener();
  }

  return {
    onReauthenticate(refusal, signal, cancel) {
      return new Promise((resolve) => {
        function submit(input: Input): void {
          show({ refusal, isBusy: true, submit() {}, cancel });
          resolve(input);
        }
        signal.addEventListener('abort', () => {
          show(null);
          resolve(null);
        });
        show({ refusal, isBusy: false, submit, cancel });
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => request,
  };
}
