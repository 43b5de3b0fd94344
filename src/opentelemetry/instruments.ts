import type { BatchObservableCallback, Meter } from '@opentelemetry/api';
import type { PartName, PartStates } from '../health/part-states.ts';
import type { LookUpSource, Telemetry } from '../health/telemetry.ts';
import type { DurinErrorCode } from '../wire.ts';

export interface Observable {
  readonly telemetry: Pick<Telemetry, 'lookUps'>;
  readonly partStates: Pick<PartStates, 'of'>;
  readonly countStreams: () => number;
  readonly schema: { readonly namespace: string };
}

/** The metrics of one durin. */
export interface Instruments {
  refused(code: DurinErrorCode): void;
  /** Counts a call over its rate. @param event.scope the limit, such as `login` */
  throttled(event: { readonly scope: string }): void;
  stop(): void;
}

const sources: readonly LookUpSource[] = ['memory', 'store', 'database'];
const parts: readonly PartName[] = ['database', 'store', 'bus', 'throttle'];

/**
 * Creates the metrics. Look-ups, streams and parts are read when they are collected, so that they cost a call nothing. The
 * values of each attribute are few: codes, scopes, parts, and the app's database.
 */
export function createInstruments(
  meter: Meter,
  { telemetry, partStates, countStreams, schema }: Observable,
): Instruments {
  const own = { 'db.namespace': schema.namespace };
  const refusals = meter.createCounter('durin.refusals', {
    description: 'Credentials, calls and logins that were refused, by code.',
    unit: '{refusal}',
  });
  const throttledCalls = meter.createCounter('durin.throttled_calls', {
    description: 'Calls and logins over a rate, by the scope of the rate.',
    unit: '{call}',
  });
  const lookUps = meter.createObservableCounter('durin.lookups', {
    description: 'Look-ups of sessions, by what answered them.',
    unit: '{lookup}',
  });
  const openStreams = meter.createObservableUpDownCounter('durin.streams.open', {
    description: 'Streams that end with their sessions.',
    unit: '{stream}',
  });
  const available = meter.createObservableGauge('durin.part.available', {
    description: '1 for a part that works, 0 for one that fails.',
    unit: '1',
  });
  const observables = [lookUps, openStreams, available];

  const collect: BatchObservableCallback = (result) => {
    for (const source of sources)
      result.observe(lookUps, telemetry.lookUps[source], { ...own, 'durin.lookup.source': source });
    result.observe(openStreams, countStreams(), own);
    for (const part of parts) {
      const state = partStates.of(part);
      if (state !== null) result.observe(available, state.reason === null ? 1 : 0, { ...own, 'durin.part': part });
    }
  };
  meter.addBatchObservableCallback(collect, observables);

  return {
    refused: (code) => refusals.add(1, { ...own, 'error.type': code }),
    throttled({ scope }) {
      refusals.add(1, { ...own, 'error.type': 'THROTTLED' });
      throttledCalls.add(1, { ...own, 'durin.throttle.scope': scope });
    },
    stop: () => meter.removeBatchObservableCallback(collect, observables),
  };
}
