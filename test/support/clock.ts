/** A clock that stands still until it is moved. */
export interface Clock {
  (): number;
  /** Moves on by this many seconds. */
  advance(seconds: number): void;
}

export function createClock(start = Date.parse('2026-11-23T12:00:00.000Z')): Clock {
  let current = start;
  const clock = () => current;
  return Object.assign(clock, {
    advance(seconds: number) {
      current += seconds * 1000;
    },
  });
}
