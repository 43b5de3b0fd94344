import { durinErrorOf } from 'trpc-durin/client';
import type { Activity } from '../../../activity.ts';

export type Live =
  | { readonly status: 'off' }
  | { readonly status: 'connecting' | 'live'; readonly activities: readonly LiveActivity[] }
  /** `code`: why the server ended it; `null`: it ended with the session here. */
  | {
      readonly status: 'ended';
      readonly activities: readonly LiveActivity[];
      readonly code: string | null;
      readonly at: string;
    };

export interface LiveActivity extends Activity {
  readonly number: number;
}

interface FollowedAuth {
  readonly getSnapshot: () => { readonly status: string };
  readonly subscribe: (listener: () => void) => () => void;
}

interface Handlers {
  onStarted(): void;
  onData(activity: Activity): void;
  onError(error: unknown): void;
  onComplete(): void;
  onConnectionStateChange(state: { readonly state: string }): void;
}

export interface LiveStream {
  readonly getSnapshot: () => Live;
  readonly subscribe: (listener: () => void) => () => void;
}

const maxActivities = 5;

/**
 * Subscribes while somebody is signed in, and keeps what it has shown when the session ends. It needs to do nothing about
 * the end: the stream's last event is the reason, and the SDK signs out.
 */
export function createLiveStream(auth: FollowedAuth, open: (handlers: Handlers) => unknown): LiveStream {
  const listeners = new Set<() => void>();
  let live: Live = { status: 'off' };
  let count = 0;

  function show(next: Live): void {
    live = next;
    for (const listener of listeners) listener();
  }

  const activities = () => (live.status === 'off' ? [] : live.activities);

  function end(code: string | null): void {
    show({ status: 'ended', activities: activities(), code, at: new Date().toISOString() });
  }

  function start(): void {
    show({ status: 'connecting', activities: [] });
    open({
      onStarted: () => show({ status: 'live', activities: activities() }),
      onData(activity) {
        count += 1;
        show({ status: 'live', activities: [{ ...activity, number: count }, ...activities()].slice(0, maxActivities) });
      },
      onError: (error) => end(durinErrorOf(error)?.code ?? 'ERROR'),
      onComplete() {
        end(null);
        follow(); // another session may have taken its place
      },
      onConnectionStateChange({ state }) {
        if (state === 'connecting' && live.status === 'live') show({ status: 'connecting', activities: activities() });
      },
    });
  }

  function follow(): void {
    const isOpen = live.status === 'connecting' || live.status === 'live';
    if (auth.getSnapshot().status === 'signed-in' && !isOpen) start();
  }

  auth.subscribe(follow);
  follow();
  return {
    getSnapshot: () => live,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
