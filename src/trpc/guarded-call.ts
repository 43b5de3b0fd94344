import type { DurinError } from '../errors.ts';
import { DurinRequest } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { FollowedCall } from '../streams/call-stream.ts';
import { type Call, typeLateError } from './base-procedure.ts';
import type { Tallies } from './tallies.ts';

/** Why a session may not make a call from this address, or not continue it; `null`: it may. */
export type RefusalOf = (record: SessionRecord, ipAddress: string | null) => DurinError | null;

/** A call that a guard has let through, until it has a result, or for as long as it streams. */
export class GuardedCall implements FollowedCall {
  readonly record: SessionRecord;
  readonly since: number;
  readonly #call: Call;
  readonly #tallies: Tallies | null;
  readonly #refusalOf: RefusalOf;

  /** @param tallies where this guard has opened the call's tally; `null`: an earlier guard has */
  constructor(call: Call, tallies: Tallies | null, record: SessionRecord, since: number, refusalOf: RefusalOf) {
    this.record = record;
    this.since = since;
    this.#call = call;
    this.#tallies = tallies;
    this.#refusalOf = refusalOf;
  }

  get type(): FollowedCall['type'] {
    return this.#call.type;
  }

  get isStreamed(): boolean {
    return DurinRequest.isStreamed(this.#call.ctx.durin);
  }

  get signal(): AbortSignal | undefined {
    return this.#call.signal;
  }

  refusalOf(record: SessionRecord): DurinError | null {
    return this.#refusalOf(record, this.#call.ctx.durin.ipAddress);
  }

  typeError(error: Error): void {
    typeLateError(this.#call, error);
  }

  onResult(): void {
    this.#tallies?.close(this.#call.getRawInput);
  }
}
