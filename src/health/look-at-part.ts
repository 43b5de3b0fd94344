import { withTimeout } from '../async/with-timeout.ts';
import type { PartName, PartStates } from './part-states.ts';
import { reasonOf } from './reason-of.ts';

/** Asks a part for an answer. Rejects if it cannot be used. */
export type PartCheck = () => Promise<unknown>;

/** What a look at a part has found. */
export interface PartFinding {
  /** Why it cannot be used; `null`: it can. */
  readonly reason: string | null;
  readonly since: Date;
  /** Milliseconds until it answered; `null`: it did not, or was not asked. */
  readonly latencyMs: number | null;
}

export interface LookAtPartDeps {
  readonly states: Pick<PartStates, 'of'>;
  /** `null`: it is not asked. */
  readonly check: PartCheck | null;
  /** Adds what is known about the part to the error of a check that it did not answer in time. Default: nothing. */
  readonly explainTimeout?: (timeout: Error) => Error;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** How long a check may take, in milliseconds: an orchestrator's probe waits for a second. */
const timeoutMs = 750;

/**
 * Creates a function that asks a part how it is, in bounded time. A part that hangs is not asked again before it has answered.
 */
export function createLookAtPart(part: PartName, deps: LookAtPartDeps) {
  const { states, check, explainTimeout = (timeout) => timeout, now } = deps;
  let unanswered: Promise<unknown> | null = null;
  /** Since when the checks fail. */
  let failingSince: number | null = null;

  function answered(): void {
    unanswered = null;
  }

  function start(asking: PartCheck): Promise<unknown> {
    const asked = asking();
    asked.then(answered, answered);
    return asked;
  }

  async function ask(asking: PartCheck): Promise<void> {
    unanswered ??= start(asking);
    const asked = unanswered;
    await withTimeout(() => asked, { timeoutMs, service: `the ${part}`, toError: explainTimeout });
  }

  return async function lookAtPart(): Promise<PartFinding> {
    const startedAt = performance.now();
    let failure: string | null = null;
    try {
      if (check !== null) await ask(check);
    } catch (error) {
      failure = reasonOf(error);
    }
    const latencyMs = check === null ? null : Math.round((performance.now() - startedAt) * 10) / 10;
    const { reason: reported, since } = states.of(part) ?? { reason: null, since: now() };
    const reason = reported ?? failure;
    if (reason === null) {
      failingSince = null;
      return { reason, since: new Date(since), latencyMs };
    }
    failingSince ??= reported === null ? now() : since;
    return { reason, since: new Date(failingSince), latencyMs: null };
  };
}
