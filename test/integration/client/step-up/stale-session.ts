import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client';
import { vi } from 'vitest';
import { createDurinLink, type DurinErrorData, memoryStorage } from '../../../../client/index.ts';
import { type AppRouter, alice, type TestApp, transformer, url } from '../sdk-app.ts';

/** Passwords are hashed, which takes long on a busy machine. */
export const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000 });

type Credentials = typeof alice;
export type Ask = (refusal: DurinErrorData, signal: AbortSignal, decline: () => void) => Promise<Credentials | null>;

export const wrong = { ...alice, password: 'wrong' };
export const refusal = { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 };
export const refused = (data: object) => ({ data: { durin: data } });

/** Opens a client with a session that is not fresh. By default, each call is a request of its own. */
export async function openStaleSession(app: TestApp, onReauthenticate?: Ask, isBatched = false) {
  const network = app.connect();
  const storage = memoryStorage();
  const { link, headers, auth } = createDurinLink<AppRouter>({
    path: 'auth',
    client: 'web',
    storage,
    onReauthenticate,
  });
  const options = { url, transformer, headers, fetch: network.fetch };
  const links = [link, isBatched ? httpBatchLink<AppRouter>(options) : httpLink<AppRouter>(options)];
  const trpc = createTRPCClient<AppRouter>({ links });
  auth.connect(trpc);
  await auth.login(alice);
  app.clock.advance(3600);
  network.seen.length = 0;
  return { network, auth, trpc, calls: () => network.seen.map(({ calls }) => calls) };
}

/** A question that stays open until `answer` is called. */
export function question() {
  const asked: DurinErrorData[] = [];
  const signals: AbortSignal[] = [];
  const declines: (() => void)[] = [];
  const answers: ((input: Credentials | null) => void)[] = [];
  const ask: Ask = (data, signal, decline) => {
    asked.push(data);
    signals.push(signal);
    declines.push(decline);
    return new Promise((resolve) => answers.push(resolve));
  };
  return {
    asked,
    ask,
    answer: (input: Credentials | null) => answers.at(-1)?.(input),
    decline: () => declines.at(-1)?.(),
    isOver: () => signals.at(-1)?.aborted,
  };
}
