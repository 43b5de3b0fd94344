import type { DurinError } from '../errors.ts';
import type { CountableCall } from '../records/call-counts.ts';
import { DurinRequest } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { FollowedCall } from '../streams/call-stream.ts';
import { type Call, typeLateError } from './base-procedure.ts';

/** Why a session may not make a call from this address, or not continue it; `null`: it may. */
export type RefusalOf = (record: SessionRecord, ipAddress: string | null) => DurinError | null;

/** A call, or a request to a route, that a guard has let in. Its later guards see what is counted already. */
export interface LetIn extends CountableCall {
  /** The id of the session for which the rates of its client and of its key are counted; `null`: none. */
  ratedSession: string | null;
}

/**
 * What tRPC passes to all guards of a call, and to no other call: not even to one that the procedure makes in its context. A
 * middleware that replaces it makes another call of it.
 */
type CallKey = Call['getRawInput'];

/** A call that a guard has let through, for as long as it streams. */
export class GuardedCall implements FollowedCall, LetIn {
  readonly record: SessionRecord;
  readonly since: number;
  ratedSession: string | null = null;
  counted: LetIn['counted'] = null;
  readonly #call: Call;
  readonly #calls: GuardedCalls;
  readonly #refusalOf: RefusalOf;

  constructor(call: Call, calls: GuardedCalls, record: SessionRecord, since: number, refusalOf: RefusalOf) {
    this.record = record;
    this.since = since;
    this.#call = call;
    this.#calls = calls;
    this.#refusalOf = refusalOf;
  }

  get key(): CallKey {
    return this.#call.getRawInput;
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
    this.#calls.delete(this);
  }
}

/** The calls of a request, each as its first guard has let it in, until they have a result. A single one takes no Map. */
export class GuardedCalls {
  #one: GuardedCall | null = null;
  #others: Map<CallKey, GuardedCall> | null = null;

  find(key: CallKey): GuardedCall | null {
    return this.#one?.key === key ? this.#one : (this.#others?.get(key) ?? null);
  }

  /** Returns the call. */
  add(call: GuardedCall): GuardedCall {
    if (this.#one === null) {
      this.#one = call;
    } else {
      this.#others ??= new Map();
      this.#others.set(call.key, call);
    }
    return call;
  }

  /** Does nothing if it is another guard that has let the call in. */
  delete(call: GuardedCall): void {
    if (this.#one === call) this.#one = null;
    else if (this.#others?.get(call.key) === call) this.#others.delete(call.key);
  }
}
