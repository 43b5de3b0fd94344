import { expect, test } from 'vitest';
import { createPartStates, type PartName } from '../../../src/health/part-states.ts';
import { createClock } from '../../support/clock.ts';

function open() {
  const clock = createClock();
  const lines: string[] = [];
  const events: unknown[] = [];
  const states = createPartStates({
    events: { emit: (name, event) => void events.push([name, event]) },
    onWarning: (line) => void lines.push(line),
    now: clock,
  });
  return { clock, lines, events, states };
}

test('a part that is not watched is not used', () => {
  expect(open().states.of('store')).toBeNull();
});

test.each<[PartName, string]>([
  ['store', "the cache's store is not used until it works again"],
  ['bus', "sessions are not kept in this process until the cache's bus works again"],
  ['throttle', "calls are counted in this process alone until the throttle's store works again"],
])('an outage of the %s is an event and a line', (part, effect) => {
  const { clock, lines, events, states } = open();
  const started = clock();
  const listener = states.watch(part);
  expect(states.of(part)).toEqual({ reason: null, since: started });
  clock.advance(60);
  listener.unavailable('away');
  expect(states.of(part)).toEqual({ reason: 'away', since: started + 60_000 });
  clock.advance(60);
  listener.recovered();
  expect(states.of(part)).toEqual({ reason: null, since: started + 120_000 });
  expect(lines).toEqual([`trpc-durin: ${effect}: away`]);
  expect(events).toEqual([
    ['cacheUnavailable', { part, reason: 'away' }],
    ['cacheRecovered', { part }],
  ]);
});

test('an outage of the database is a line and no event', () => {
  const { lines, events, states } = open();
  const listener = states.watch('database');
  listener.unavailable('away');
  listener.recovered();
  expect(lines).toEqual(['trpc-durin: calls are refused with STORE_UNAVAILABLE until the database works again: away']);
  expect(events).toEqual([]);
});
