import { foldUserKey } from '../values/fold-user-key.ts';

/**
 * The operations of one kind that are in progress in this process, such as sign-ins, and which of them the end of a user's
 * tokens has overtaken. An operation may begin long before it knows its user.
 */
export interface UnderWay {
  begin(): Operation;
  /**
   * Overtakes every operation in progress that turns out to be for this user.
   * @param exceptClients spares those for these clients
   */
  overtake(userId: unknown, exceptClients?: readonly string[]): void;
}

export interface Operation {
  /** Whether the user's tokens of this client were ended after the operation began. */
  isOvertakenFor(userId: unknown, client: string): boolean;
  finish(): void;
}

/** The end of a user's tokens. */
interface End {
  /** The clients whose tokens it spared. */
  readonly spared: readonly string[];
  readonly step: number;
}

/** Remembers an end only as long as an operation is in progress that began before it. */
export function createUnderWay(): UnderWay {
  let steps = 0;
  /** The steps at which the operations in progress began, in that order. */
  const begun = new Set<number>();
  /** For each user, the latest end by the clients that it spared. In the order of the users' latest ends. */
  const ended = new Map<string, Map<string, End>>();

  function dropOldEnds(): void {
    const [earliest = Infinity] = begun;
    for (const [user, ends] of ended) {
      if ([...ends.values()].some(({ step }) => step > earliest)) return;
      ended.delete(user);
    }
  }

  return {
    begin() {
      steps += 1;
      const start = steps;
      begun.add(start);
      return {
        isOvertakenFor(userId, client) {
          const ends = [...(ended.get(foldUserKey(userId))?.values() ?? [])];
          return ends.some(({ spared, step }) => step > start && !spared.includes(client));
        },
        finish() {
          begun.delete(start);
          dropOldEnds();
        },
      };
    },

    overtake(userId, spared = []) {
      if (begun.size === 0) return;
      steps += 1;
      const key = foldUserKey(userId);
      const ends = ended.get(key) ?? new Map<string, End>();
      ended.delete(key);
      ended.set(key, ends.set(JSON.stringify(spared), { spared, step: steps })); // last, because it is the latest
    },
  };
}
