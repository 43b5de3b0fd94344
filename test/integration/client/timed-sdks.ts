import { vi } from 'vitest';
import { createDurinClient, type DurinStorage, memoryStorage } from '../../../client/index.ts';
import { openFakePage } from './fake-page.ts';
import { type AppRouter, type TestApp, transformer, url } from './sdk-app.ts';

interface Options {
  client?: 'web' | 'cli' | 'api';
  storage?: DurinStorage;
  refresh?: boolean;
  onStorageError?: (error: unknown) => void;
}

/** Sends a batched call, which waits for a timer. */
export async function sent<T>(call: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(1);
  return call;
}

/** Opens SDKs in a fake page with a fake clock, which `pass` advances for them and their server. End it with `close`. */
export function openTimedSdks(app: TestApp) {
  const page = openFakePage();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: app.clock() });
  const closers: (() => void)[] = [];

  function open({ client = 'web', storage = memoryStorage(), ...more }: Options = {}) {
    const network = app.connect();
    const options = { url, transformer, path: 'auth', client, storage, fetch: network.fetch, ...more } as const;
    const sdk = createDurinClient<AppRouter>(options);
    closers.push(sdk.auth.close);
    const refreshes = () => network.seen.filter(({ calls }) => calls === 'auth.refresh').length;
    return { ...sdk, network, refreshes };
  }

  async function pass(ms: number): Promise<void> {
    app.clock.advance(ms / 1000);
    await vi.advanceTimersByTimeAsync(ms);
  }

  function close(): void {
    for (const closeSdk of closers) closeSdk();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }

  return { page, open, pass, close };
}
