import type { Scheduler } from 'fast-check';
import type { Bus } from '../../../src/cache/bus.ts';

/** Observes what each member of the bus has learnt. */
export interface BusWitness {
  /** Called when a message is being sent. Returns a function to call when a member has received it. */
  readonly publishing: (message: string) => (member: ScheduledBus) => void;
  readonly possibleLoss: (member: ScheduledBus) => void;
}

/**
 * A bus whose messages arrive when the scheduler decides, each on its own and in any order; every third arrives twice. A
 * member that is cut off receives nothing, and learns only later that it is cut off.
 */
export class ScheduledBus implements Bus {
  readonly #scheduler: Scheduler;
  readonly #members: ScheduledBus[];
  readonly #witness: BusWitness;
  #receive: (message: string) => void = () => {};
  #possibleLoss: () => void = () => {};
  #isCut = false;
  #isConnected = false;
  #isStarted = false;
  /** Counts the connections: a message is lost with the one that it was sent over. */
  #connection = 0;
  #published = 0;

  constructor(scheduler: Scheduler, members: ScheduledBus[], witness: BusWitness) {
    this.#scheduler = scheduler;
    this.#members = members;
    this.#witness = witness;
  }

  start(onMessage: (message: string) => void, onPossibleLoss: () => void): void {
    this.#receive = onMessage;
    this.#possibleLoss = onPossibleLoss;
    this.#isStarted = true;
    this.#members.push(this);
    if (!this.#isCut) this.#setConnected(true);
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  async publish(message: string): Promise<void> {
    const onReceived = this.#witness.publishing(message);
    await this.#scheduler.schedule(Promise.resolve(), `${message} is sent`);
    if (this.#isCut || !this.#isConnected) throw new Error('the bus is not connected');
    this.#published += 1;
    const isDoubled = this.#published % 3 === 0;
    for (const member of this.#members) {
      void member.#deliver(message, onReceived);
      if (isDoubled) void member.#deliver(message, onReceived);
    }
    await this.#scheduler.schedule(Promise.resolve(), `${message} was sent`);
  }

  async #deliver(message: string, onReceived: (member: ScheduledBus) => void): Promise<void> {
    const connection = this.#connection;
    if (this.#isCut) return;
    await this.#scheduler.schedule(Promise.resolve(), `${message} arrives`);
    if (connection !== this.#connection) return;
    this.#receive(message);
    onReceived(this);
  }

  async close(): Promise<void> {}

  /** From now on, messages to this member are lost. */
  cut(): void {
    this.#isCut = true;
    this.#connection += 1;
  }

  /** The member learns that it is cut off. */
  notice(): void {
    if (this.#isCut && this.#isConnected) this.#setConnected(false);
  }

  /** Connects the member again. It learns that it is connected even if it had not noticed that it was cut off. */
  mend(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    if (this.#isStarted) this.#setConnected(true);
  }

  #setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#possibleLoss();
    this.#witness.possibleLoss(this);
  }
}
