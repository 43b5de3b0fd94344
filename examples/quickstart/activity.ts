import { EventEmitter, on } from 'node:events';
import type { Auth } from './auth.ts';

/** Something that a user did. */
export interface Activity {
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
}

export interface ActivityFeed {
  record(userId: number, what: string): void;
  /** What this user does from now on. */
  follow(userId: number, signal: AbortSignal): AsyncGenerator<Activity>;
}

/** What users do, as their open pages show it. It is kept in this process: several would send it through the database. */
export function createActivityFeed(auth: Auth): ActivityFeed {
  const emitter = new EventEmitter().setMaxListeners(0); // one for each page that is open

  function record(userId: number, what: string): void {
    emitter.emit(String(userId), { at: new Date().toISOString(), what } satisfies Activity);
  }

  auth.events.on('loggedIn', ({ userId, client }) => record(userId, `signed in on ${client}`));
  auth.events.on('tokenRevoked', ({ userId, client }) => record(userId, `a session on ${client} ended`));

  return {
    record,
    async *follow(userId, signal) {
      for await (const [activity] of on(emitter, String(userId), { signal })) yield activity as Activity;
    },
  };
}
