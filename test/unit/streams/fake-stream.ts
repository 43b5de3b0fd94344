import { DurinError } from '../../../src/errors.ts';
import type { OpenEnding } from '../../../src/streams/ending-iterator.ts';

/** A stream that a test holds back, ends, and counts. */
export function createFakeStream() {
  let held: PromiseWithResolvers<void> | null = null;
  const onEnds = new Set<(reason: Error) => void>();
  const reason = new DurinError('INVALID_TOKEN');

  function open(onEnd: (reason: Error) => void, onClose?: () => void): ReturnType<OpenEnding> {
    onEnds.add(onEnd);
    return {
      clearance: () => (onEnds.has(onEnd) ? (held?.promise ?? null) : null),
      close() {
        if (onEnds.delete(onEnd)) onClose?.();
      },
    };
  }

  function release(): void {
    held?.resolve();
    held = null;
  }

  return {
    open,
    reason,
    /** How many streams are open. */
    count: () => onEnds.size,
    hold(): void {
      held ??= Promise.withResolvers();
    },
    release,
    end(): void {
      for (const onEnd of onEnds) {
        onEnds.delete(onEnd); // what it closes meanwhile is not ended
        onEnd(reason);
      }
      release();
    },
  };
}
