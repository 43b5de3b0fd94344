/** A load that is under way. */
export interface Flight<T> {
  /** Its place among all that began. */
  readonly number: number;
  readonly answer: Promise<T>;
  /** Fulfilled once it has ended, either way. */
  readonly landed: Promise<unknown>;
}

/** Loads by key, and the order in which they and others began. */
export interface Flights<T> {
  /** Notes that something begins now. */
  begin(): number;
  /** The load of this key that is under way. */
  find(key: string): Flight<T> | undefined;
  /** Loads, and lets others find that while it lasts. */
  start(key: string, load: () => Promise<T>): Promise<T>;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();
  let began = 0;
  const begin = () => {
    began += 1;
    return began;
  };

  return {
    begin,
    find: (key) => flights.get(key),
    start(key, load) {
      const number = begin();
      const answer = load();
      const flight: Flight<T> = { number, answer, landed: Promise.allSettled([answer]) };
      flights.set(key, flight);
      const land = () => {
        if (flights.get(key) === flight) flights.delete(key);
      };
      answer.then(land, land);
      return answer;
    },
  };
}
