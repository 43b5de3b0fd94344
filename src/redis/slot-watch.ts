/**
 * Watches the slots whose servers this process has named. Nothing announces that a slot moves, so each call about a slot
 * shows whether it does, or has: before its values are used, the names from before count no more.
 */
export interface SlotWatch {
  /** Called when the slot's server is named. Returns whether the slot is moving, so that its keys lie on two servers. */
  name(slot: number): boolean;
  /** Called when a cluster has refused a call, because some keys of the slot have moved and others have not. */
  isSplit(slot: number): void;
  /** Called once a call about the slot has ended, which may have found it on another server. */
  called(slot: number): void;
}

export interface SlotWatchOptions {
  /** The address of the slot's master, as far as this process knows. */
  readonly addressOf: (slot: number) => string | undefined;
  /** Called when the slot must be named again. */
  readonly onChange: () => void;
  /** A clock that nobody sets, in milliseconds. */
  readonly now: () => number;
}

/** For how long a slot counts as moving after it was found split, in milliseconds. */
const movingMs = 2000;

export function createSlotWatch({ addressOf, onChange, now }: SlotWatchOptions): SlotWatch {
  /** By slot, the address that was named last. */
  const named = new Map<number, string | undefined>();
  /** By slot, until when it counts as moving. */
  const moving = new Map<number, number>();
  const isMoving = (slot: number) => now() < (moving.get(slot) ?? 0);

  return {
    name(slot) {
      named.set(slot, addressOf(slot));
      return isMoving(slot);
    },
    isSplit(slot) {
      const wasKnown = isMoving(slot);
      moving.set(slot, now() + movingMs);
      if (!wasKnown) onChange();
    },
    called(slot) {
      if (!named.has(slot) || named.get(slot) === addressOf(slot)) return;
      moving.delete(slot);
      onChange();
    },
  };
}

/** How a cluster refuses a command about several keys, some of which have moved and others not. */
export function isTryAgain(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('TRYAGAIN');
}
