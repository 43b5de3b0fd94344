import type { Scheduler } from 'fast-check';
import type { Bus } from '../../../src/cache/bus.ts';

/** Told of what a member of the bus can know. */
export interface BusWitness {
  /** A message is being sent. Gives what is to be called when a member has heard it. */
  readonly told: (message: string) => (member: ScheduledBus) => void;
  readonly doubted: (member: ScheduledBus) => void;
}

/**
 * A bus whose messages arrive when the scheduler says so, each by itself and in any order. A member that is cut off hears
 * nothing, and learns only later that it is.
 */
export class ScheduledBus implements Bus {
  readonly #scheduler: Scheduler;
  readonly #members: ScheduledBus[];
  readonly #witness: BusWitness;
  #hear: (message: string) => void = () => {};
  #doubt: () => void = () => {};
  #isCut = false;
  #isConnected = false;
  #isStarted = false;
  /** Counts the connections: a message is lost with the one that it was sent over. */
  #connection = 0;

  constructor(scheduler: Scheduler, members: ScheduledBus[], witness: BusWitness) {
    this.#scheduler = scheduler;
    this.#members = members;
    this.#witness = witness;
  }

  start(onMessage: (message: string) => void, onDoubt: () => void): void {
    this.#hear = onMessage;
    this.#doubt = onDoubt;
    this.#isStarted = true;
    this.#members.push(this);
    if (!this.#isCut) this.#tell(true);
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  async publish(message: string): Promise<void> {
    const heard = this.#witness.told(message);
    await this.#scheduler.schedule(Promise.resolve(), `${message} is sent`);
    if (this.#isCut || !this.#isConnected) throw new Error('the bus is not connected');
    for (const member of this.#members) void member.#deliver(message, heard);
    await this.#scheduler.schedule(Promise.resolve(), `${message} was sent`);
  }

  async #deliver(message: string, heard: (member: ScheduledBus) => void): Promise<void> {
    const connection = this.#connection;
    if (this.#isCut) return;
    await this.#scheduler.schedule(Promise.resolve(), `${message} arrives`);
    if (connection !== this.#connection) return;
    this.#hear(message);
    heard(this);
  }

  async close(): Promise<void> {}

  /** From now on messages are lost. */
  cut(): void {
    this.#isCut = true;
    this.#connection += 1;
  }

  /** The member learns that it is cut off. */
  notice(): void {
    if (this.#isCut && this.#isConnected) this.#tell(false);
  }

  /** It is connected again, and is told so even if it had not noticed that it was cut off. */
  mend(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    if (this.#isStarted) this.#tell(true);
  }

  #tell(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#doubt();
    this.#witness.doubted(this);
  }
}
