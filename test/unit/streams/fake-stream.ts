import { DurinError } from '../../../src/errors.ts';
import type { OpenStream } from '../../../src/streams/session-stream.ts';

interface FakeRequest {
  onEnd(reason: Error): void;
  onClose?(): void;
}

/** A stream that a test holds back, ends, and counts. */
export function createFakeStream() {
  let held: PromiseWithResolvers<void> | null = null;
  const open = new Set<FakeRequest>();
  const reason = new DurinError('INVALID_TOKEN');

  function openStream(request: FakeRequest): OpenStream {
    open.add(request);
    return {
      clearance: () => (open.has(request) ? (held?.promise ?? null) : null),
      close() {
        if (open.delete(request)) request.onClose?.();
      },
    };
  }

  function release(): void {
    held?.resolve();
    held = null;
  }

  return {
    open: openStream,
    reason,
    /** How many streams are open. */
    count: () => open.size,
    hold(): void {
      held ??= Promise.withResolvers();
    },
    release,
    end(): void {
      for (const request of open) {
        open.delete(request); // what it closes meanwhile is not ended
        request.onEnd(reason);
      }
      release();
    },
  };
}
