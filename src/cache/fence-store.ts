import { randomUUID } from 'node:crypto';
import type { Scope } from './session-cache.ts';
import type { SharedStore } from './shared-store.ts';

/** The longest that any process uses an entry of a shared store, in milliseconds. */
export const maxSharedTtlMs = 3_600_000;
/** How late a reader may be, and how far clocks may differ, in milliseconds. */
export const slackMs = 10_000;
/** The fence of `all` is permanent. A month stands for ever, which not every store accepts. */
const allFenceMs = 30 * 86_400_000;

/** The value of each scope's fence that was read; `null`: the store had none. */
export type Fences = ReadonlyMap<Scope, string | null>;

/** The fences in a shared store: one random value for each scope, replaced with each change. */
export interface FenceStore {
  keyOf(scope: Scope): string;
  /** Replaces a scope's fence, and returns the new value. */
  bumpFence(scope: Scope): Promise<string>;
  readFences(scopes: readonly Scope[]): Promise<Fences>;
  /** Deletes the fence of `all`, so that every entry is void. A store that is full still deletes. */
  deleteAllFence(): Promise<void>;
}

/** @param namespace the same in all processes of an app, and different in every other app */
export function createFenceStore(store: SharedStore, namespace: string): FenceStore {
  const keyOf = (scope: Scope) => `durin:fence:${namespace}:${scope}`;
  return {
    keyOf,
    async bumpFence(scope) {
      const value = randomUUID();
      await store.set(keyOf(scope), value, scope === 'all' ? allFenceMs : maxSharedTtlMs + slackMs);
      return value;
    },
    async readFences(scopes) {
      const values = await store.getMany(scopes.map(keyOf));
      return new Map(scopes.map((scope, index) => [scope, values[index] ?? null]));
    },
    deleteAllFence: () => store.delete(keyOf('all')),
  };
}
